import { alone, apt, frame } from './program-frame.ts'
import { unit } from './unit.ts'

/**
 * Packages and FRR's daemons; tells whether the agent of this hash is there.
 * Arguments: hash, packages.
 */
export const prepareProgram = String.raw`${frame}${apt}
main() {
  local hash=$1 missing try
  shift
  begin packages
  missing=$(absent "$@")
  if [ -n "$missing" ]; then
    refresh
    fetch --no-install-recommends $missing
    did "installed $missing"
  else
    did "all packages are there"
  fi

  begin frr
  local daemons=/etc/frr/daemons wanted daemon
  wanted=$(sed -E 's/^#?(bgpd|bfdd)=.*/\1=yes/' "$daemons")
  for daemon in bgpd bfdd; do
    grep -q "^$daemon=yes" <<<"$wanted" || wanted+=$'\n'"$daemon=yes"
  done
  systemctl -q enable frr.service
  if put "$daemons" 640 <<<"$wanted"; then
    systemctl restart frr.service
    did "switched bgpd and bfdd on"
  else
    systemctl start frr.service
    did "bgpd and bfdd are on"
  fi
  for try in $(seq 100); do
    [ -S /var/run/frr/bgpd.vty ] && [ -S /var/run/frr/bfdd.vty ] && [ -S /var/run/frr/zebra.vty ] && break
    sleep 0.2
  done
  [ -S /var/run/frr/bgpd.vty ] && [ -S /var/run/frr/bfdd.vty ] && [ -S /var/run/frr/zebra.vty ]

  begin look
  if [ -d "/opt/edge-agent/$hash" ]; then
    printf '{"step":"look","agent":"present"}\n'
  else
    printf '{"step":"look","agent":"absent"}\n'
  fi
}
${alone} </dev/null
`.replaceAll('\\${', '${')

/** Unpacks the tarball that follows on stdin. Argument: its SHA-256. */
export const uploadProgram = `${frame}
main() {
  local target=/opt/edge-agent/$1 draft=/opt/edge-agent/.$1
  begin upload
  rm -rf /opt/edge-agent/.[0-9a-f]*
  mkdir -p "$draft"
  cat >"$draft.tar"
  [ "$(sha256sum <"$draft.tar" | cut -d' ' -f1)" = "$1" ]
  tar -xf "$draft.tar" -C "$draft" --no-same-owner
  rm -f "$draft.tar"
  [ -x "$draft/node" ] && [ -x "$draft/edge-agent" ] && [ -f "$draft/agent.cjs" ]
  sync -f "$draft"
  [ -d "$target" ] || mv -T "$draft" "$target"
  rm -rf "$draft"
  did "unpacked the agent"
}
${alone}
`

/**
 * Makes the agent of this hash the running one; of the others only the one before it stays. Argument: hash. Stdin: configuration, token.
 */
export const startProgram = `${frame}
unit() {
  cat <<'UNIT'
${unit}UNIT
}
main() {
  local hash=$1 config token changed=no try before directory
  begin config
  IFS= read -r config
  IFS= read -r token
  umask 077
  mkdir -p /etc/edge-agent
  if put /etc/edge-agent/config.json 600 <<<"$config"; then changed=yes; fi
  if put /etc/edge-agent/token 600 <<<"$token"; then :; fi
  did "configuration and token are in place"

  begin unit
  umask 022
  if unit | put /etc/systemd/system/edge-agent.service 644; then
    systemctl daemon-reload
    changed=yes
  fi
  before=$(readlink /opt/edge-agent/current || true)
  if [ "$before" != "$hash" ]; then
    if [ -n "$before" ]; then
      ln -sfn "$before" /opt/edge-agent/previous.new
      mv -T /opt/edge-agent/previous.new /opt/edge-agent/previous
    fi
    ln -sfn "$hash" /opt/edge-agent/current.new
    mv -T /opt/edge-agent/current.new /opt/edge-agent/current
    changed=yes
  fi
  systemctl -q enable edge-agent.service
  did "unit enabled"

  begin start
  if [ "$changed" = yes ]; then
    systemctl restart edge-agent.service || { journalctl -q -n 5 -o cat -u edge-agent >&2; false; }
    did "agent started"
  else
    systemctl start edge-agent.service
    did "agent was running"
  fi

  begin verify
  for try in $(seq 100); do
    [ -S /run/edge-agent/hub.sock ] && break
    sleep 0.2
  done
  [ -S /run/edge-agent/hub.sock ]
  systemctl is-active edge-agent.service >&2
  did "agent is active"

  begin clean
  rm -rf /opt/edge-agent/.[0-9a-f]*
  before=$(readlink /opt/edge-agent/previous || true)
  for directory in /opt/edge-agent/*; do
    [ ! -L "$directory" ] || continue
    case \${directory##*/} in "$hash" | "$before") ;; *) rm -rf "$directory" ;; esac
  done
}
${alone}
`

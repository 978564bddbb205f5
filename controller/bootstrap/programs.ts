import { unit } from './unit.ts'

/** The start of every program: steps that report in JSON lines, and stop at the first failure. */
const frame = String.raw`
set -Eeuo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
step=start
begin() { step=$1; printf '{"step":"%s"}\n' "$step"; }
did() { printf '{"step":"%s","did":"%s"}\n' "$step" "$1"; }
put() { # file mode: stdin becomes the file; fails when it already was
  local draft=$1.new
  cat >"$draft" || exit 1
  if cmp -s "$draft" "$1"; then rm -f "$draft"; return 1; fi
  chmod "$2" "$draft"
  if [ -e "$1" ]; then chown --reference="$1" "$draft"; fi
  mv -f "$draft" "$1"
}
`

/**
 * Packages and FRR's daemons; tells whether the agent of this hash is there.
 * Arguments: hash, packages.
 */
export const prepareProgram = String.raw`${frame}
main() {
  local hash=$1 package missing=() try
  shift
  begin packages
  for package in "$@"; do
    [ "$(dpkg-query -W -f='\${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] ||
      missing+=("$package")
  done
  if [ "\${#missing[@]}" -gt 0 ]; then
    # The image's own first update may hold the lists' lock, for which apt has no time-out.
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 last; do
      apt-get -q update >&2 && break
      [ "$try" != last ]
      sleep 10
    done
    apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 \
      -o Dpkg::Options::=--force-confold install "\${missing[@]}" >&2
    did "installed \${missing[*]}"
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
main "$@" </dev/null
`.replaceAll('\\${', '${')

/** Unpacks the tarball that follows on stdin. Argument: its SHA-256. */
export const uploadProgram = `${frame}
main() {
  local target=/opt/edge-agent/$1 draft=/opt/edge-agent/.$1
  begin upload
  rm -rf "$draft" "$draft.tar"
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
main "$@"
`

/**
 * Makes the agent of this hash the running one. Argument: hash. Stdin: configuration, token.
 */
export const startProgram = `${frame}
unit() {
  cat <<'UNIT'
${unit}UNIT
}
main() {
  local hash=$1 config token changed=no try
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
  if [ "$(readlink /opt/edge-agent/current || true)" != "$hash" ]; then
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
}
main "$@"
`

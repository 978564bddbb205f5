import { frame } from './program-frame.ts'

/**
 * Lets a key log in as whoever runs it by sudo, takes away what stock network drivers left, and tells the
 * server's public host key. Arguments: `device=NAME`, `nat=PRIVATE,PUBLIC`, as many as there are. Stdin: the
 * public key, one line.
 */
export const letInProgram = String.raw`${frame}
unmap() { # private, public: rules of NAT that stock's elastic driver adds, as often as it did
  local try
  for try in $(seq 50); do
    iptables -w 3 -t nat -D POSTROUTING -s "$1/32" -j SNAT --to-source "$2" 2>/dev/null || break
  done
  for try in $(seq 50); do
    iptables -w 3 -t nat -D PREROUTING -d "$2/32" -j DNAT --to-destination "$1" 2>/dev/null || break
  done
}
forget() { # private, public: the same in what is restored at boot
  local file=/etc/iptables/rules.v4 kept
  local rules=(-e "-A POSTROUTING -s $1/32 -j SNAT --to-source $2" -e "-A PREROUTING -d $2/32 -j DNAT --to-destination $1")
  [ -f "$file" ] && grep -qxF "\${rules[@]}" "$file" || return 0
  kept=$(grep -vxF "\${rules[@]}" "$file")
  put "$file" 640 <<<"$kept" || true
}
main() {
  local key user home keys word pair public=/etc/ssh/ssh_host_ed25519_key.pub
  begin login
  IFS= read -r key
  user=\${SUDO_USER:-root}
  home=$(getent passwd "$user" | cut -d: -f6)
  [ -n "$home" ] && [ -n "$key" ]
  install -d -o "$user" -g "$(id -gn "$user")" -m 700 "$home/.ssh"
  keys=$home/.ssh/authorized_keys
  touch "$keys"
  [ -z "$(tail -c 1 "$keys")" ] || echo >>"$keys"
  grep -qxF "$key" "$keys" || printf '%s\n' "$key" >>"$keys"
  chown "$user:$(id -gn "$user")" "$keys"
  chmod 600 "$keys"
  did "edgectl may log in"

  begin leftovers
  for word in "$@"; do
    case $word in
    device=*)
      if [ -n "$(ip -o link show dev "\${word#*=}" type vxlan 2>/dev/null)" ]; then
        ip link del dev "\${word#*=}"
        did "removed the device \${word#*=}"
      fi
      ;;
    nat=*)
      pair=\${word#*=}
      if command -v iptables >/dev/null; then unmap "\${pair%,*}" "\${pair#*,}"; fi
      forget "\${pair%,*}" "\${pair#*,}"
      ;;
    esac
  done

  begin host-key
  if [ ! -r "$public" ]; then
    echo "the server has no ed25519 host key; make one as root: ssh-keygen -A" >&2
    return 1
  fi
  printf '{"step":"host-key","hostKey":"%s"}\n' "$(cut -d' ' -f1,2 "$public")"
}
main "$@"
`.replaceAll('\\${', '${')

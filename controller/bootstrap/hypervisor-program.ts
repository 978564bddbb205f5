import { alone, apt, frame } from './program-frame.ts'

/**
 * Makes a server a hypervisor that OpenNebula can log in to: its packages, from OpenNebula's own
 * repository where one is named, what AppArmor must let virtual machines read, and oneadmin's keys.
 * Arguments: kind, repository or nothing, OpenNebula's series, packages. Stdin: public keys, a line each.
 *
 * As docs.opennebula.io tells it for KVM and LXC nodes; apt takes the key armoured, under that name.
 */
export const hypervisorProgram = String.raw`${frame}${apt}
repository() { # where, series
  local ID='' VERSION_ID='' distribution changed=no
  # shellcheck source=/dev/null
  . /etc/os-release
  case $ID in
    ubuntu) distribution=Ubuntu ;;
    debian) distribution=Debian ;;
    *) echo "OpenNebula has no packages for $ID" >&2; return 1 ;;
  esac
  mkdir -p /etc/apt/keyrings
  /usr/lib/apt/apt-helper download-file "$1/repo2.key" /etc/apt/keyrings/opennebula.draft >&2
  if put /etc/apt/keyrings/opennebula.asc 644 </etc/apt/keyrings/opennebula.draft; then changed=yes; fi
  rm -f /etc/apt/keyrings/opennebula.draft
  if put /etc/apt/sources.list.d/opennebula.list 644 \
    <<<"deb [signed-by=/etc/apt/keyrings/opennebula.asc] $1/$2/$distribution/$VERSION_ID stable opennebula"; then
    changed=yes
  fi
  # A login in it, as the enterprise repository has, is told to nobody.
  did "$(sed 's,//[^/]*@,//,' <<<"$1")/$2 ($([ "$changed" = yes ] && echo new || echo as before))"
}
let_datastores_be_read() {
  local profile=/etc/apparmor.d/abstractions/libvirt-qemu line='/var/lib/one/datastores/** rwk,'
  [ -f "$profile" ] || return 0
  if grep -q 'local/abstractions/libvirt-qemu' "$profile"; then
    mkdir -p /etc/apparmor.d/local/abstractions
    profile=/etc/apparmor.d/local/abstractions/libvirt-qemu
  fi
  grep -qsxF "$line" "$profile" || printf '%s\n' "$line" >>"$profile"
}
main() {
  local kind=$1 where=$2 series=$3 missing home key keys given
  shift 3
  given=$(cat)
  missing=$(absent "$@")
  if [ -n "$missing" ]; then
    begin repository
    if [ -n "$where" ]; then repository "$where" "$series"; else did "what the server has"; fi
    begin hypervisor
    refresh
    fetch $missing
    did "installed $missing"
  else
    begin hypervisor
    did "$kind is there"
  fi
  if [ "$kind" = kvm ]; then let_datastores_be_read; fi
  # Its packages put oneadmin into groups that a libvirtd from before does not know of.
  if [ -n "$missing" ] && systemctl -q cat libvirtd.service >/dev/null 2>&1; then
    systemctl try-restart libvirtd.service
  fi

  begin oneadmin
  home=$(getent passwd oneadmin | cut -d: -f6)
  [ -n "$home" ]
  install -d -o oneadmin -g oneadmin -m 700 "$home/.ssh"
  install -d -o oneadmin -g oneadmin "$home/datastores"
  keys=$home/.ssh/authorized_keys
  touch "$keys"
  [ -z "$(tail -c 1 "$keys")" ] || echo >>"$keys"
  while IFS= read -r key; do
    [ -z "$key" ] || grep -qxF "$key" "$keys" || printf '%s\n' "$key" >>"$keys"
  done <<<"$given"
  chown oneadmin:oneadmin "$keys"
  chmod 600 "$keys"
  did "OpenNebula may log in"
}
${alone}
`

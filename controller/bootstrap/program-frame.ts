/** The start of every program: steps that report in JSON lines, and stop at the first failure. */
export const frame = String.raw`
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

/** For programs that install packages. */
export const apt = String.raw`
absent() { # packages: those that are not installed
  local package found=
  for package in "$@"; do
    [ "$(dpkg-query -W -f='\${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] ||
      found="$found $package"
  done
  printf '%s' "\${found# }"
}
refresh() {
  local try said
  # The image's own first update may hold the lists' lock, for which apt has no time-out.
  for try in $(seq 13); do
    if said=$(apt-get -q update 2>&1 </dev/null); then return 0; fi
    # Of a source that is not who it should be nothing is taken, however often it is asked.
    ! grep -qE 'not signed|NO_PUBKEY|BADSIG|EXPKEYSIG' <<<"$said" || break
    [ "$try" = 13 ] || sleep 10
  done
  printf '%s\n' "$said" >&2
  return 1
}
fetch() { # options and packages
  # Of an installation that ended in its middle apt demands this first; who holds the lock does it.
  dpkg --force-confold --configure -a >&2 </dev/null || true
  # Without a terminal dpkg draws no progress into what is told of a failure.
  apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 \
    install "$@" >&2 </dev/null
}
`.replaceAll('\\${', '${')

/**
 * Runs main alone: a connection that broke leaves its program running, with nobody to hear it, and
 * the next one must not work beside it. Daemons started meanwhile do not inherit the lock.
 */
export const alone = `
alone() {
  exec 9>/run/edge-agent-install.lock
  if ! flock -n 9; then
    did "waits for an earlier installation to end"
    flock -w 900 9
  fi
  "$@" 9>&-
}
alone main "$@"`

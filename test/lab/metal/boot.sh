#!/bin/bash
# Switches a metal server on: boot.sh <cgroup directory> <network namespace> <root> <hostname>.
# Ends when the server does. Its cgroup must be the current one before the cgroup namespace is made.
set -e
echo $$ >"$1/cgroup.procs"
exec nsenter --net="/run/netns/$2" \
  unshare --pid --fork --kill-child=KILL --mount --uts --ipc --cgroup \
  bash "$(dirname "$0")/firmware.sh" "$3" "$4"

#!/bin/bash
# The outside of one sandbox: outer.sh <name> <program> [argument…], started in a mount namespace of
# its own. Makes the private /run and the sandbox's cgroup, starts init.sh in namespaces of its own,
# and when that ends, or the supervisor dies, kills what is left and removes the cgroup.
# fd 3: orders for init.sh; fd 4: lifeline, at its end the supervisor is gone;
# fd 5: takes the pid (as the machine sees it) whose namespaces are the sandbox's.
set -u
here=$(dirname "$0")
name=$1
shift
mount -t tmpfs -o mode=755 lab /run || exit 70
mkdir -p /run/lab/cgroup /run/lab/tmp /run/netns
mount -t cgroup2 cgroup2 /run/lab/cgroup || exit 70
cgroup=/run/lab/cgroup/$name
mkdir "$cgroup" "$cgroup/front" || exit 70

(
  echo "$BASHPID" >"$cgroup/front/cgroup.procs" || exit 70
  exec 4<&- 5>&-
  exec unshare --pid --fork --kill-child=KILL --mount --mount-proc --net --uts --ipc \
    bash "$here/init.sh" "$name" "$@"
) <&0 &
sandbox=$!
echo "$sandbox" >&5
exec 3<&- 5>&-
cat <&4 >/dev/null &
lifeline=$!

wait -n "$sandbox" "$lifeline"
code=$?
if kill -0 "$sandbox" 2>/dev/null; then code=137; fi
kill "$lifeline" 2>/dev/null
disown -a

for _ in {1..200}; do
  # The namespaces die with their PID 1; this is for what is still on its way out.
  if [ -e "$cgroup/cgroup.kill" ]; then echo 1 >"$cgroup/cgroup.kill"; fi
  find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
  [ -d "$cgroup" ] || exit "$code"
  sleep 0.05
done
echo "The sandbox's cgroup $name could not be removed" >&2
exit 70

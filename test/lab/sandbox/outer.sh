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

wait -n -p ended "$sandbox" "$lifeline"
code=$?
# From here on the shell would only tell who was killed.
exec 7>&2 2>/dev/null
if [ "$ended" = "$lifeline" ]; then
  # init.sh lost its pipe, too, and ends by itself: then its parent reaps it.
  code=137
  for _ in {1..40}; do
    kill -0 "$sandbox" || break
    sleep 0.05
  done
else
  kill "$lifeline"
fi

for _ in {1..200}; do
  # The namespaces die with their PID 1; this is for what is still on its way out.
  if [ -e "$cgroup/cgroup.kill" ]; then echo 1 >"$cgroup/cgroup.kill"; fi
  find "$cgroup" -depth -type d -exec rmdir {} +
  [ -d "$cgroup" ] || exit "$code"
  sleep 0.05
done
echo "The sandbox's cgroup $name could not be removed" >&7
exit 70

#!/bin/bash
# PID 1 of one sandbox: init.sh <name> <program> [argument…]. Runs the program and ends with it;
# when PID 1 ends, the kernel ends everything else. A shell, because it reaps orphans.
# fd 3: signal names to pass on to the program, one a line; at its end the sandbox ends.
trap 'exit 137' TERM
name=$1
shift
hostname "$name"
ip link set lo up
# A program's temporary files go with the sandbox; /tmp itself stays the machine's.
export LAB_DIR=/run/lab LAB_NAME=$name TMPDIR=/run/lab/tmp

# Bash starts background jobs with SIGINT ignored.
env --default-signal=INT,QUIT "$@" <&0 3<&- &
program=$!
{
  while read -r signal <&3; do kill -s "$signal" "$program"; done
  kill -TERM 1
} &
exec 3<&-
wait "$program"
exit $?

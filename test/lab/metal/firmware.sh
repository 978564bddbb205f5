#!/bin/bash
# PID 1 of a metal server until systemd takes over: firmware.sh <root> <hostname>. Mounts what a
# kernel and its initrd would have, lets go of the lab's mounts, executes systemd.
set -e
root=$1
hostname "$2"
cd "$root"

# Sysctls outside net belong to the machine the lab runs on, as does most of sysfs.
mount -t proc -o nosuid,nodev,noexec proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount --bind proc/sys/net proc/sys/net
mount -o remount,bind,rw proc/sys/net
if [ -e proc/sysrq-trigger ]; then
  mount --bind proc/sysrq-trigger proc/sysrq-trigger
  mount -o remount,bind,ro proc/sysrq-trigger
fi
mount -t sysfs -o nosuid,nodev,noexec sysfs sys
mount -o remount,bind,ro sys
mount --bind sys/devices/virtual/net sys/devices/virtual/net
mount -o remount,bind,rw sys/devices/virtual/net
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup

# A /dev of its own: systemd puts its sockets' links there.
mount -t tmpfs -o nosuid,mode=755 dev dev
mkdir dev/pts dev/shm dev/mqueue dev/net
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o nosuid,nodev,mode=1777 shm dev/shm
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/zero c 1 5
mknod -m 666 dev/full c 1 7
mknod -m 666 dev/random c 1 8
mknod -m 666 dev/urandom c 1 9
mknod -m 666 dev/tty c 5 0
mknod -m 666 dev/net/tun c 10 200
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

mount -t tmpfs -o nosuid,nodev,mode=755 run run
mount -t tmpfs -o nosuid,nodev,mode=1777 tmp tmp

pivot_root . .
umount -l .
cd /
exec env -i container=lxc PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd

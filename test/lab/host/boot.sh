#!/bin/sh
# PID 1 of a lab host, in network, mount, UTS, IPC and PID namespaces of its own.
# usage: boot.sh HOST_FOLDER NAME SHARED_POOL BOOT_FOLDER libvirtd|none libvirt-sock|virtqemud-sock
set -eu
folder=$1 name=$2 shared=$3 boot=$4 daemon=$5 socket=$6

# /proc is still the machine's, so this is PID 1's number as the machine counts.
read -r pid _ < /proc/self/stat
echo "$pid" > "$folder/init.pid"

cover() { # the machine's file or folder with the host's own, where the machine has one
  if [ -e "$1" ]; then mount --bind "$folder$1" "$1"; fi
}
for path in /etc/libvirt /etc/ssh /etc/passwd /etc/shadow /etc/group /etc/hosts /etc/hostname /etc/machine-id \
  /etc/resolv.conf /etc/pam.d/sshd /var/lib/libvirt /var/cache/libvirt /var/log /root /home; do
  cover "$path"
done
mount --bind "$shared" /var/lib/libvirt/shared
mount --bind -o ro "$boot" /var/lib/libvirt/boot
mount --bind "$folder/tmp" /tmp
mount --bind "$folder/run" /run
mount -t sysfs sysfs /sys
mount -t proc proc /proc
echo "$name" > /proc/sys/kernel/hostname
for file in /proc/sys/net/ipv6/conf/all/disable_ipv6 /proc/sys/net/ipv6/conf/default/disable_ipv6; do
  if [ -e "$file" ]; then echo 1 > "$file"; fi
done

mkdir -p /run/sshd /run/lock /run/libvirt
/usr/sbin/sshd -E /var/log/sshd.log
if [ "$daemon" != none ]; then
  /usr/sbin/libvirtd -d
  if [ "$socket" != libvirt-sock ]; then mv /run/libvirt/libvirt-sock "/run/libvirt/$socket"; fi
fi
: > "$folder/ready"

# Like every PID 1: stay, and bury the orphans (the shell's wait does, whoever's children they were).
while :; do
  sleep 86400 &
  wait $! || :
done

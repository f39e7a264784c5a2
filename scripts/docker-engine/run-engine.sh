#!/bin/sh
# Runs as the first process of a mount and PID namespace of its own: lays out the engine's root and
# becomes the engine. Nothing needs undoing, for the kernel drops both namespaces with this process.
# usage: run-engine.sh <Debian tree> <engine's folder> <command of the engine>...
set -eu
tree=$1 home=$2
shift 2
root=$home/root

# A root that is a mount point: the overlay2 store remounts it.
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p dev proc sys run tmp usr root var/lib ".$home"
cp -a "$tree/etc" etc
cp -a "$tree/bin" "$tree/sbin" "$tree"/lib* .
ln -s /run var/run
ln -s /tmp var/tmp
cp -L /etc/resolv.conf /etc/hosts etc/
mount --bind "$tree/usr" usr
mount -o remount,bind,ro usr
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
# The same path inside and outside, so that what the engine says of its folders is true for both.
mount --bind "$home" ".$home"

exec chroot . /usr/bin/tini -g -- "$@"

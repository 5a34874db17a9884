#!/bin/sh
# Starts a daemon in its chroot jail, as pulumi-chroot declares it. Each "pulumi up" writes this file again: change the program.
#
# Run it as root, from a supervisor or with setsid: it becomes the daemon, which stays in the foreground, gets its signals and
# ends with its status. stdout and stderr are left to the daemon. It refuses an unsafe start with status 78.
#
# POSIX sh, with setpriv and prlimit of util-linux and chroot of GNU coreutils.
# shellcheck shell=sh disable=all
set -uf
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL

#!/bin/sh
# Permissions of a chroot jail, as pulumi-chroot declares them. Each "pulumi up" writes this file again: change the program.
#
#   sh permissions.sh           repairs the differences, and touches nothing else; ends with 0 when all is as declared, with 1
#                               when a difference is left (it names it), with 2 when it could not begin
#   sh permissions.sh --check   names the differences and the unchecked paths, and changes nothing; ends with 1 if there are any
#   sh permissions.sh --bring-back NAME   puts a moved entry back in its place; NAME is in .pulumi-chroot/index in the root
#
# permissions.history beside this file has the last 1,000 repairs of "pulumi up", a line of JSON each.
#
# POSIX sh with the tools of GNU or BusyBox, as root. The daemon may go on running: a repair closes its writable directories for
# a moment, by the same code that pulumi-chroot runs, and under the same lock. The script leaves alone links, devices, sockets,
# FIFOs, mount points, and files with hard links outside the jail.
# shellcheck shell=sh disable=all

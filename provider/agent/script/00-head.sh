#!/bin/sh
# Permissions of a chroot jail, as pulumi-chroot declares them. Each "pulumi up" writes this file again: change the program.
#
#   sh permissions.sh           repairs what differs, and touches nothing else; ends with 0 when all is as declared, with 1 when
#                               something is left (it says what), with 2 when it could not begin
#   sh permissions.sh --check   says what differs and changes nothing; ends with 1 when something does
#
# POSIX sh with the tools of GNU or BusyBox, as root. The daemon may go on running: where it may write, its directories are
# closed to it for the moment of a repair, by the same code that pulumi-chroot runs, and under the same lock. Left alone are
# links, devices, sockets, FIFOs, mount points, and files that have other names outside the jail.
# shellcheck shell=sh disable=all

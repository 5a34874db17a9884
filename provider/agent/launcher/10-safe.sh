refuse() {
  printf '%s: the daemon was not started: %s\n' "$0" "$1" >&2
  exit 78
}

# places: looks at all directories from / to the jail's root, in this order: once one is root's alone, only root can
# put another one in place of the next. In the root itself a declared group may write.
places() {
  at='' rest=/$JAIL
  while [ -n "$rest" ]; do
    rest=${rest#/}
    at=${at%/}/${rest%%/*}
    case $rest in */*) rest=/${rest#*/} ;; *) rest='' ;; esac
    seen=$(stat -c '%u:%g:%a:%F' "$at" 2>&1) || refuse "$at: $seen"
    [ "$at" = "$JAIL" ] && writer=$WRITER || writer=''
    case $seen in
      *:directory) ;;
      *) refuse "$at is no directory: ${seen##*:}" ;;
    esac
    case $seen in
      0:*[2367]:directory) refuse "everybody may write in $at: $(stat -c '%U:%G %a' "$at")" ;;
      0:"$writer":*) ;;
      0:*[2367]?:directory) refuse "a group may write in $at: $(stat -c '%U:%G %a' "$at")" ;;
      0:*) ;;
      *) refuse "$at is not root's: $(stat -c '%U:%G %a' "$at")" ;;
    esac
  done
  cd -P -- "$JAIL" && [ "$(pwd -P)" = "$JAIL" ] || refuse "$JAIL leads elsewhere: $(pwd -P)"
  [ "$(pwd -P)" != / ] || refuse 'the jail is the root of the host'
}

# mounted: checks that all mounts of the jail are there; MOUNTS are their places in the words of mountinfo. A daemon
# that is started earlier would find empty directories, and later mounts would hide the files that it writes.
mounted() {
  for place in $MOUNTS; do
    while read -r _ _ _ _ point _; do [ "$point" != "$place" ] || continue 2; done </proc/self/mountinfo
    refuse "nothing is mounted at $place: mount -a mounts the entries of fstab, pulumi up all declared mounts"
  done
}

# descriptors [AGAIN]: leaves 0, 1 and 2, as a directory among the others is a way out of the jail. dash closes no
# more than 3 to 9; then bash is asked, once. Only a child's view counts: shells have some for themselves.
descriptors() {
  exec </dev/null
  # The first file that the daemon opens must not become its stdout.
  [ -e "/proc/$$/fd/1" ] || exec >/dev/null
  [ -e "/proc/$$/fd/2" ] || exec 2>/dev/null
  # A terminal that is not open any more can be typed to through /dev/tty.
  if [ -t 1 ] || [ -t 2 ] || (: </dev/tty) 2>/dev/null; then
    refuse 'it has a terminal, to which the daemon could type: start it with setsid, stdout and stderr in a file or a pipe'
  fi
  for descriptor in 1 2; do
    [ ! -d "/proc/$$/fd/$descriptor" ] && [ ! -b "/proc/$$/fd/$descriptor" ] || refuse "its descriptor $descriptor is a directory or a disk"
  done
  exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
  for descriptor in $(inherited); do
    (eval "exec $descriptor>&-") 2>/dev/null && eval "exec $descriptor>&-"
  done
  left=$(inherited) || refuse '/proc cannot be read, so open descriptors are unknown'
  [ -n "$left" ] || return 0
  if [ -z "${1-}" ] && bash=$(tool bash); then exec "$(tool env)" -i "$bash" "$0" again; fi
  refuse "these descriptors are open, this shell cannot close them, and there is no bash that can: $left"
}

# inherited: prints the descriptors above 9 that a command gets from us; ls has 3 for itself.
inherited() {
  open=$("$(tool ls)" /proc/self/fd) || return 1
  for descriptor in $open; do
    case $descriptor in ? | *[!0-9]*) ;; *) printf '%s ' "$descriptor" ;; esac
  done
}

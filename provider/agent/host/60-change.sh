# over LENGTH COMMAND…: one command over a list of paths that begin with "./". The list is used only when it is whole: a
# cut line must not turn ./etc/named.conf into ./etc. It comes through a pipe: BusyBox runs chmod and the like in a child of
# xargs itself, which at its end turns a file back to where it has used it, and xargs would put names together from pieces.
over() {
  stage "$1" "$REGISTRY/.list"
  shift
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  ERROR=$(cat "$REGISTRY/.list" | xargs -0 -r "$@" 2>&1)
}

# powers LENGTH [TEXT]: file capabilities, one file at a time as setcap has it.
powers() {
  if [ -n "$2" ]; then over "$1" -n 1 setcap "$2"; else over "$1" -n 1 setcap -r; fi
}

# Move what stands in the way of a declared directory out of the daemon's reach; nothing of it is lost.
quarantine() {
  stage "$1" "$REGISTRY/.list"
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  [ -e "./$QUARANTINE" ] || [ -L "./$QUARANTINE" ] || mkdir -m 0700 "./$QUARANTINE" || return 1
  case $(stat -c '%F:%u:%a' "./$QUARANTINE") in
    directory:0:700) ;;
    *) ERROR="$QUARANTINE in the jail is not root's directory with mode 0700"; return 1 ;;
  esac
  ERROR=$(cat "$REGISTRY/.list" | xargs -0 -r sh -c 'n=0
    for path; do
      while [ -e "$0-$n" ] || [ -L "$0-$n" ]; do n=$((n + 1)); done
      mv -fT -- "$path" "$0-$n" || exit 1
    done' "./$QUARANTINE/$(date +%Y%m%dT%H%M%S)" 2>&1)
}

# over LENGTH COMMAND…: one command over a list of paths that begin with "./". The list is used only when it is whole: a
# cut line must not turn ./etc/named.conf into ./etc. It comes through a pipe: BusyBox runs chmod and the like in a child of
# xargs itself, which at its end turns a file back to where it has used it, and xargs would put names together from pieces.
over() {
  stage "$1" "$REGISTRY/.list"
  shift
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  ERROR=$(cat "$REGISTRY/.list" | xargs -0 -r "$@" 2>&1)
}

# sound PATH (".//a/b"): as far as there is something on the way to it, these are directories: where one could not be moved
# away or made, a link to anywhere may stand, and all that is below it would be somewhere else. For the shells of xargs, too.
SOUND='sound() {
  way=. rest=${1#.//}
  while [ -e "$way" ] || [ -L "$way" ]; do
    [ -d "$way" ] && [ ! -L "$way" ] || return 1
    case $rest in */*) way=$way/${rest%%/*} rest=${rest#*/} ;; *) return 0 ;; esac
  done
}'
eval "$SOUND"

# mkdirs LENGTH: makes directories, parents first.
mkdirs() {
  over "$1" sh -c "$SOUND"'
    lost=""
    for path; do
      shift
      if sound "$path"; then set -- "$@" "$path"; else lost=1; echo "$path: above it is something else than a directory" >&2; fi
    done
    { [ $# -eq 0 ] || mkdir -m 0700 -- "$@"; } && [ -z "$lost" ]' sh
}

# powers LENGTH [TEXT]: file capabilities, one file at a time as setcap has it.
powers() {
  if [ -n "$2" ]; then over "$1" -n 1 setcap "$2"; else over "$1" -n 1 setcap -r; fi
}

# own PATH MODE: a directory of root's, made if nothing is there. Below one with setgid it would have that too, and chmod takes it
# away for five digits.
own() {
  [ -e "$1" ] || [ -L "$1" ] || ERROR=$({ mkdir -m "$2" "$1" && chmod "0$2" "$1"; } 2>&1)
}

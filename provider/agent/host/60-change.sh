# run_on_list LENGTH COMMAND…: runs one command over a list of paths that begin with "./". It uses only a whole list:
# a cut line must not turn ./etc/named.conf into ./etc. The list comes through a pipe: BusyBox runs chmod and the like
# in a child of xargs itself, which at its end turns a file back to the place where it has used it, and xargs would
# put names together from pieces.
run_on_list() {
  receive_file "$1" "$REGISTRY/.list"
  shift
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  ERROR=$(cat "$REGISTRY/.list" | xargs -0 -r "$@" 2>&1)
}

# run_on_nonlinks LENGTH COMMAND…: does the same for commands that follow links: it refuses a path with a link in it,
# and does the others.
run_on_nonlinks() {
  receive_file "$1" "$REGISTRY/.list"
  shift
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  ERROR=$({
    cat "$REGISTRY/.list" | xargs -0 -r sh -c "$SOUND"'for path; do ! firm "$path" || printf "%s\0" "$path"; done' sh |
      xargs -0 -r "$@"
  } 2>&1) || return 1
  case $ERROR in *"$LINKED"*) return 1 ;; esac
}
LINKED='a link is in its place or above it'

# sound PATH (".//a/b"): checks that everything on the way to the path is a directory, as far as it exists. Where a
# directory could not be moved away or made, a link to anywhere may stand, and everything below it would be somewhere
# else. firm PATH: checks the same, and that the path itself is no link; paths of one directory come one after the
# other. xargs runs shells with these functions, too.
SOUND='sound() {
  way=. rest=${1#.//}
  while [ -e "$way" ] || [ -L "$way" ]; do
    [ -d "$way" ] && [ ! -L "$way" ] || return 1
    case $rest in */*) way=$way/${rest%%/*} rest=${rest#*/} ;; *) return 0 ;; esac
  done
}
FIRM=""
firm() {
  if [ ! -L "$1" ]; then
    [ "${1%/*}" != "$FIRM" ] || return 0
    if sound "$1"; then
      FIRM=${1%/*}
      return 0
    fi
  fi
  printf "%s: a link is in its place or above it: left alone\n" "$1" >&2
  return 1
}
'
eval "$SOUND"

# mkdirs LENGTH: makes directories, parents first.
mkdirs() {
  run_on_list "$1" sh -c "$SOUND"'
    lost=""
    for path; do
      shift
      if sound "$path"; then set -- "$@" "$path"; else lost=1; echo "$path: above it is something else than a directory" >&2; fi
    done
    [ $# -gt 0 ] || { [ -z "$lost" ]; exit; }
    mkdir -m 0700 -- "$@" || lost=1
    # A default ACL above them must be taken off before anything opens them.
    ! command -v setfacl >/dev/null || setfacl -Pbk -- "$@" 2>/dev/null
    [ -z "$lost" ]' sh
}

# flags LENGTH: tells the flags that keep even root from changing a file. Only a look, and lsattr opens files: it has
# a time limit.
flags() { send_lines flags print_flags "$1"; }
print_flags() {
  read_data "$1" | {
    if [ -n "$ENTERED" ] && command -v lsattr >/dev/null; then timeout 3 xargs -0 -r lsattr -d --; fi
    cat >/dev/null
  }
}

# powers LENGTH [TEXT]: sets or removes file capabilities, one file at a time as setcap does.
powers() {
  if [ -n "$2" ]; then run_on_nonlinks "$1" -n 1 setcap "$2"; else run_on_nonlinks "$1" -n 1 setcap -r; fi
}

# frozen: explains a refusal to root: an immutable or append-only path. ERROR gets the paths of the last list, or
# directories above them, with such a flag; where no tool tells it, a guess.
frozen() {
  case $ERROR in *'Operation not permitted'*) ;; *) return 0 ;; esac
  found=$({
    [ -z "$TARGET" ] || printf '%s\0' "$TARGET"
    [ ! -f "$REGISTRY/.list" ] || cat "$REGISTRY/.list"
  } | timeout 5 xargs -0 -r sh -c 'newline="
"
    for path; do
      path=${path#*"$newline"}
      case $path in .//* | /*) lsattr -d -- "$path" "${path%/*}/" ;; esac
    done' sh 2>/dev/null |
    sed -n 's/^[^ ]*i[^ ]* \(.*\)/\1 is immutable (chattr -i lifts that)/p; s/^[^ ]*a[^ ]* \(.*\)/\1 is append-only (chattr -a lifts that)/p' |
    sort -u | head -n 3)
  ERROR="${found:-is it immutable or append-only (lsattr tells, chattr -ia lifts that)?}$NEWLINE$ERROR"
}

# make_own_directory PATH MODE: makes a directory of root's if nothing is there. It would inherit setgid, which chmod
# takes away for five digits, and a default ACL, as would everything made in it. A run that is cut short before chmod
# leaves an empty directory with setgid, which is made anew.
make_own_directory() {
  [ ! -g "$1" ] || [ "$(stat -c %u:%a "$1")" != 0:2700 ] || rmdir -- "$1" 2>/dev/null
  [ -e "$1" ] || [ -L "$1" ] || ERROR=$({ mkdir -m 0700 "$1" && drop_default_acl "$1" && chmod "0$2" "$1"; } 2>&1)
}
# drop_default_acl DIRECTORY: takes the inherited ACL off, where the host has a tool for it.
drop_default_acl() { ! command -v setfacl >/dev/null || setfacl -Pbk -- "$1" 2>/dev/null || :; }

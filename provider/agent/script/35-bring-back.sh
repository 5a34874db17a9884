# Brings back a moved entry: `permissions.sh --bring-back NAME`. The quarantine knows its old place. An entry that is
# there now is moved away in its turn, unless it is an empty directory: nothing is lost, and nothing has to be merged.

# bring_back NAME
bring_back() {
  path=$QUARANTINE
  close_above
  [ "$(stat -c '%F:%u:%a' "./$QUARANTINE" 2>/dev/null)" = directory:0:700 ] && has_own_lists "./$QUARANTINE" ||
    refuse "$QUARANTINE in the jail is not root's directory with mode 0700, or its index is not root's"
  case $1 in '' | *[!0-9T-]*) refuse "$1 is no name of something that was moved away: $QUARANTINE/index has them" ;; esac
  from=./$QUARANTINE/$1
  [ -e "$from" ] || [ -L "$from" ] || refuse "$QUARANTINE has no $1: its index lists its entries"
  path=$(place_of "$1")
  [ -n "$path" ] ||
    refuse "an earlier release has moved $1 away: $QUARANTINE/index tells where it was; stop the daemon, then move it there"
  path=${path%.}
  to=./$path
  shown "$path"
  ! is_mounted || refuse "$SHOWN: something is mounted there, or above it: unmount it first"
  case $path in */*) path=${path%/*} ;; *) path=. ;; esac
  close_above
  sound ".//$path/" && [ -d "./$path" ] || refuse "$SHOWN: the directory that it was in is not there: make it first"
  [ "$(stat -c %d "./$path")" = "$(stat -c %d "./$QUARANTINE")" ] ||
    refuse "$SHOWN: the directory that it was in is on another file system than the root of the jail"
  vacate
  ERROR=$(mv -fT -- "$from" "$to" 2>&1) || refuse "$SHOWN: $ERROR"
  (cd "./$QUARANTINE" && relist) || explain "$QUARANTINE/index cannot be written: it still has a line of $1"
  relax || refuse "the daemon's directories cannot be opened again: $ERROR"
  printf '%s: back\n' "$SHOWN"
}

# close_above: closes the directories in and above $path that users other than root may write in.
close_above() {
  top=$(top_above)
  [ -n "$top" ] || return 0
  printf './/%s\0' "${top#.}" >"$WORK/zone" || full
  LIST=$WORK/zone
  seal "$([ "$top" = . ] || echo 1)" || refuse "the daemon's directories cannot be closed: $ERROR"
}

# vacate: an empty directory goes, and everything else is moved away, open as it was before it was closed.
vacate() {
  [ -e "$to" ] || [ -L "$to" ] || return 0
  if [ -d "$to" ] && [ ! -L "$to" ] && rmdir -- "$to" 2>/dev/null; then return 0; fi
  printf '%s: %s was brought back to its place\n.//%s\0' "$SHOWN" "${from##*/}" "${to#./}" >"$WORK/replace" || full
  LIST=$WORK/replace
  quarantine 1 || refuse "$SHOWN: the entry in its place cannot be moved away: $ERROR"
  away=$(xargs -0 sh -c 'printf %s "${0%%
*}"' <"$REGISTRY/.names")
  case $away in 'moved '*) ;; *) refuse "$SHOWN: end that process first" ;; esac
  [ "$LEVEL" -gt 0 ] || return 0
  opened_at "$QUARANTINE/${away#moved }" >"$WORK/opening" || full
  LIST=$WORK/opening
  plan 0
}

# opened_at PATH: the fields that closed directories get back, with the directory at the place and those below it at
# PATH instead.
opened_at() {
  for level in $(seq "$LEVEL" -1 1); do
    xargs -0 -r sh -c 'to=$1 away=$2
      shift 2
      for record; do
        path=${record#* .//}
        case $path in "$to" | "$to"/*) path=$away${path#"$to"} ;; esac
        printf "%s .//%s\0" "${record%% .//*}" "$path" || exit 255
      done' sh "${to#./}" "$1" <"$REGISTRY/sealed/$level" || return
  done
}

# place_of NAME: where it was, below the root, and a dot; nothing where that is not known.
place_of() {
  [ ! -f "./$QUARANTINE/places" ] || xargs -0 -r sh -c 'for record; do
      [ "${record%% *}" != "$0" ] || printf "%s." "${record#* }"
    done' "$1" <"./$QUARANTINE/places"
}

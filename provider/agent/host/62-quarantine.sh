# The quarantine takes things out of the daemon's reach: a directory of root's in the root, on the same file system.
# Its index tells people what each thing was, and its places tell the permission script where it was. Nothing is lost
# until it has been there for some days.

# quarantine LENGTH [unused|anyway]: moves items away. Each item is a line for the index and the path below it, or the
# path alone. Tells the new name of each, and which stay because a process uses them (find_users). Where the processes
# were not seen nothing moves, except with `anyway`.
quarantine() {
  receive_file "$1" "$REGISTRY/.list"
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  mount_points || return 1
  make_own_directory "./$QUARANTINE" 0700 || return 1
  [ "$(stat -c '%F:%u:%a' "./$QUARANTINE")" = directory:0:700 ] && has_own_lists "./$QUARANTINE" ||
    { ERROR="$QUARANTINE in the jail is not root's directory with mode 0700, or its index is not root's file"; return 1; }
  set_used_aside "${2-}" || return 1
  ERROR=$(cat "$REGISTRY/.list" | MOUNTED=$MOUNTED xargs -0 -r sh -c "$MOVE" \
    "./$QUARANTINE/$(date -u +%Y%m%dT%H%M%S)" 2>&1 >>"$REGISTRY/.names")
  set -- $?
  send_list moved cat "$REGISTRY/.names"
  return "$1"
}

# set_used_aside KIND: takes the used items from the list, and writes them to names.
set_used_aside() {
  used=$(paths_of_items | find_users "$1" | tr '\n\0' '\1\n')
  case $used in
    *whole) used=${used%whole} used=${used%"$NEWLINE"} ;;
    *) used='unknown the look at the processes was killed' ;;
  esac
  case $1:$used in
    anyway:unknown*) used='' ;;
    :unknown*) ERROR="it is unknown whether a process is in it: ${used#unknown }; or move it away yourself"; return 1 ;;
  esac
  { named "$used" >"$REGISTRY/.names"; } 2>/dev/null || { ERROR="$REGISTRY cannot be written"; return 1; }
  [ -n "$used" ] || return 0
  case $used in unknown*) : >"$REGISTRY/.list"; return ;; esac
  free=$(free_items "$NEWLINE$used$NEWLINE" && echo whole)
  case $free in *whole) free=${free%whole} ;; *) ERROR='the list of entries to move away was cut'; return 1 ;; esac
  named "${free%"$NEWLINE"}" >"$REGISTRY/.new" && mv -f "$REGISTRY/.new" "$REGISTRY/.list"
}

# free_items USED: prints the items of the list that are not among the used ones, a line each.
free_items() {
  one=$(printf '\1')
  tr '\n\0' '\1\n' <"$REGISTRY/.list" | while IFS= read -r item; do
    path=${item##*"$one".//}
    case $1 in *"$one.//${path#.//}$NEWLINE"*) ;; *) printf '%s\n' "$item" ;; esac
  done
}
# paths_of_items: prints the paths of the list's items.
paths_of_items() {
  cat "$REGISTRY/.list" | xargs -0 -r sh -c 'for item; do
      path=${item##*"
".//}
      printf "%s\0" ".//${path#.//}"
    done' sh
}

# has_own_lists DIRECTORY: checks that no other user put its index and places there before the directory was root's.
has_own_lists() {
  for list in "$1/index" "$1/places"; do
    [ -L "$list" ] || [ -e "$list" ] || continue
    [ ! -L "$list" ] && [ -f "$list" ] && [ "$(stat -c %u:%h "$list")" = 0:1 ] || return 1
  done
}

# mount_points: collects those below the root, each between two "//", which no path contains.
mount_points() {
  [ -r /proc/self/mountinfo ] || { ERROR='/proc/self/mountinfo cannot be read: the mounts below the root are unknown'; return 1; }
  MOUNTED=//
  while read -r _ _ _ _ point _; do
    if path_below_root "$point"; then MOUNTED=$MOUNTED$BELOW//; fi
  done </proc/self/mountinfo
}

# A program for the shells of xargs; $0 begins the names in the quarantine. The lists are written first: a run that is
# cut short there has moved nothing. A rename to another mount, even of the same file system, or to another subvolume
# would be a copy.
MOVE="$SOUND"'
n=$(grep -sc "^${0##*/}-" "${0%/*}/index") failed="" newline="
"
n=${n:-0}
there=$(stat -c %d -- "${0%/*}") || exit
for item; do
  note=${item%%"$newline"*} path=${item#*"$newline"}
  case $item in .//*) note="" path=$item ;; esac
  at=${path#.//}
  sound "$path" || { echo "$path: above it is something else than a directory" >&2; failed=1; continue; }
  case $MOUNTED in *"//$at/"*) echo "$path: a mount point is there, or below it" >&2; failed=1; continue ;; esac
  up=$at
  while case $up in */*) ;; *) false ;; esac; do
    up=${up%/*}
    case $MOUNTED in *"//$up//"*) echo "$path: it is below a mount point" >&2; failed=1; continue 2 ;; esac
  done
  if [ "$(stat -c %d -- "${path%/*}/")" != "$there" ]; then
    echo "$path: it is in a subvolume of its own, from which nothing can be moved to the quarantine: move it away yourself" >&2
    failed=1
    continue
  fi
  while [ -e "$0-$n" ] || [ -L "$0-$n" ]; do n=$((n + 1)); done
  name=${0##*/}-$n
  if ! printf "%s %s\n" "$name" "$note" >>"${0%/*}/index" || ! printf "%s %s\0" "$name" "$at" >>"${0%/*}/places"; then
    echo "$path: ${0%/*}/index cannot be written (is the file system full or read-only?)" >&2
    failed=1
  elif mv -fT -- "$path" "$0-$n"; then
    printf "moved %s\n%s\0" "$name" "$path"
  else
    failed=1
  fi
  n=$((n + 1))
done
[ -z "$failed" ]'

# expire DAYS: removes things that have been in the quarantine for longer, and tells how many.
expire() {
  [ -n "$ENTERED" ] && [ -d "./$QUARANTINE" ] && [ ! -L "./$QUARANTINE" ] || return 0
  beat busy
  mount_points && say "expired $(remove_outdated "$1" 2>/dev/null)"
}

# remove_outdated DAYS: works in the directory itself: where users other than root may write in the root they can give
# another directory its name, but not one that is root's alone with names like ours in it.
remove_outdated() {
  cd "./$QUARANTINE" && [ "$(pwd -P)" = "$ROOT/$QUARANTINE" ] && [ "$(stat -c %u:%a .)" = 0:700 ] && has_own_lists . || return
  oldest=$(date -u -d "@$(($(date +%s) - $1 * 86400))" +%Y%m%d) && [ -n "$oldest" ] || return
  d='[0-9]' gone=0
  set +f
  for name in *; do
    case ${name##*-} in '' | *[!0-9]*) continue ;; esac
    case ${name%-*} in $d$d$d$d$d$d$d${d}T$d$d$d$d$d$d) ;; *) continue ;; esac
    [ "${name%%T*}" -lt "$oldest" ] || continue
    case $MOUNTED in *"//$QUARANTINE/$name/"*) continue ;; esac
    pulse
    if close_tree "$name" && rm -rf -- "./$name"; then gone=$((gone + 1)); fi
  done
  set -f
  echo "$gone"
  [ "$gone" -eq 0 ] || relist
}

# relist: reduces the lists to the things that are still in the quarantine, which is the working directory.
relist() {
  rm -f index.new places.new
  [ ! -f index ] || { keep_index_lines <index >index.new && mv -f index.new index; } || return
  [ ! -f places ] || { keep_places <places >places.new && mv -f places.new places; }
}
# keep_index_lines: copies the index without the lines of things that have gone.
keep_index_lines() {
  while IFS= read -r line; do
    if [ -e "./${line%% *}" ] || [ -L "./${line%% *}" ]; then printf '%s\n' "$line" || return; fi
  done
}
# keep_places: copies the places without the records of things that have gone.
keep_places() {
  xargs -0 -r sh -c 'for record; do
      name=${record%% *}
      if [ -e "./$name" ] || [ -L "./$name" ]; then printf "%s\0" "$record" || exit 255; fi
    done' sh
}

# close_tree NAME: takes all directories of a tree from everybody who may still have one of them open, from the top
# down: BusyBox's rm would follow a link that is put in the place of one. Nothing is mounted there; subvolumes are
# like other directories.
close_tree() {
  [ -d "./$1" ] && [ ! -L "./$1" ] || return 0
  open=x
  while [ -n "$open" ]; do
    open=$(find "./$1" -type d '(' ! -user 0 -o -perm -0020 -o -perm -0002 ')' -prune \
      -exec sh -c 'chown -h 0 -- "$@" && chmod go-w -- "$@" && printf x' sh '{}' +) || return 1
  done
}

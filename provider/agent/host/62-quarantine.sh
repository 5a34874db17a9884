# Moving things out of the daemon's reach: to a directory of root's in the root, on the same file system. An index there tells what
# each was. Nothing of them is lost until they have been there for some days.

# quarantine LENGTH: each item is a line for the index and the path below it, or the path alone. Says what has been moved under which
# name, and what was left because a process is in it.
quarantine() {
  stage "$1" "$REGISTRY/.list"
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  mount_points || return 1
  own "./$QUARANTINE" 0700 || return 1
  [ "$(stat -c '%F:%u:%a' "./$QUARANTINE")" = directory:0:700 ] && indexed "./$QUARANTINE" ||
    { ERROR="$QUARANTINE in the jail is not root's directory with mode 0700, or its index is not root's file"; return 1; }
  ERROR=$(cat "$REGISTRY/.list" | MOUNTED=$MOUNTED BUSY=$BUSY xargs -0 -r sh -c "$MOVE" \
    "./$QUARANTINE/$(date -u +%Y%m%dT%H%M%S)" 2>&1 >"$REGISTRY/.names")
  set -- $?
  told moved cat "$REGISTRY/.names"
  return "$1"
}

# indexed DIRECTORY: its index is none that somebody has laid there before the directory was root's.
indexed() {
  [ -L "$1/index" ] || [ -e "$1/index" ] || return 0
  [ ! -L "$1/index" ] && [ -f "$1/index" ] && [ "$(stat -c %u:%h "$1/index")" = 0:1 ]
}

# mount_points: those below the root, each between two "//", which no path has in it.
mount_points() {
  [ -r /proc/self/mountinfo ] || { ERROR='/proc/self/mountinfo cannot be read: nobody knows what is mounted below'; return 1; }
  MOUNTED=//
  while read -r _ _ _ _ point _; do
    if below "$point"; then MOUNTED=$MOUNTED$BELOW//; fi
  done </proc/self/mountinfo
}

# For the shells of xargs; $0 is what the names in the quarantine begin with. The index is written first: who is cut short there has
# moved nothing. A rename to another mount, even of the same file system, would be a copy.
MOVE='
n=0 failed="" newline="
"
for item; do
  note=${item%%"$newline"*} path=${item#*"$newline"}
  case $item in .//*) note="" path=$item ;; esac
  at=${path#.//}
  case $MOUNTED in *"//$at/"*) echo "$path: a mount point is there, or below it" >&2; failed=1; continue ;; esac
  up=$at
  while case $up in */*) ;; *) false ;; esac; do
    up=${up%/*}
    case $MOUNTED in *"//$up//"*) echo "$path: it is below a mount point" >&2; failed=1; continue 2 ;; esac
  done
  if [ -d "$path" ] && [ ! -L "$path" ]; then
    who=$(timeout 10 sh -c "$BUSY" sh "$path") || {
      echo "$path: looking at the processes took more than 10 s, or was killed" >&2
      failed=1
      continue
    }
    [ -z "$who" ] || { printf "busy %s\n%s\0" "$who" "$path"; continue; }
  fi
  while [ -e "$0-$n" ] || [ -L "$0-$n" ]; do n=$((n + 1)); done
  name=${0##*/}-$n
  if ! printf "%s %s\n" "$name" "$note" >>"${0%/*}/index"; then
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

# One process whose working directory or root is a directory or below it, whatever its names are: "pid name".
BUSY='
[ -d /proc/1/root ] || exit 1
for task in /proc/[0-9]*/task/[0-9]*; do
  for up in "$task/cwd" "$task/root"; do
    [ ! "$up" -ef / ] || continue
    while [ -d "$up/.." ]; do
      if [ "$up" -ef "$1" ]; then
        pid=${task#/proc/} pid=${pid%%/*} name=""
        { IFS= read -r name <"/proc/$pid/status"; } 2>/dev/null
        printf "%s %s" "$pid" "${name#Name:?}"
        exit
      fi
      [ ! "$up" -ef . ] && [ ! "$up" -ef "$up/.." ] || break
      up=$up/..
    done
  done
done'

# expire DAYS: removes what has been in the quarantine for longer. Says how much that was.
expire() {
  [ -n "$ENTERED" ] && [ -d "./$QUARANTINE" ] && [ ! -L "./$QUARANTINE" ] || return 0
  beat busy
  mount_points && say "expired $(outdated "$1" 2>/dev/null)"
}

# outdated DAYS: in the directory itself: where others than root may write in the root they can give another one its name, but none
# of them has names like ours in it that is root's alone.
outdated() {
  cd "./$QUARANTINE" && [ "$(pwd -P)" = "$ROOT/$QUARANTINE" ] && [ "$(stat -c %u:%a .)" = 0:700 ] && indexed . || return
  oldest=$(date -u -d "@$(($(date +%s) - $1 * 86400))" +%Y%m%d) && [ -n "$oldest" ] || return
  d='[0-9]' gone=0
  set +f
  for name in *; do
    case ${name##*-} in '' | *[!0-9]*) continue ;; esac
    case ${name%-*} in $d$d$d$d$d$d$d${d}T$d$d$d$d$d$d) ;; *) continue ;; esac
    [ "${name%%T*}" -lt "$oldest" ] || continue
    case $MOUNTED in *"//$QUARANTINE/$name/"*) continue ;; esac
    pulse
    if shut "$name" && rm -rf -- "./$name"; then gone=$((gone + 1)); fi
  done
  set -f
  echo "$gone"
  [ "$gone" -eq 0 ] || [ ! -f index ] || { rm -f index.new && listed <index >index.new && mv -f index.new index; }
}

# listed: lines of the index for what is there.
listed() {
  while IFS= read -r line; do
    if [ -e "./${line%% *}" ] || [ -L "./${line%% *}" ]; then printf '%s\n' "$line"; fi
  done
}

# shut NAME: takes all directories of a tree from whoever may still have one of them open, from the top down: BusyBox's rm would
# follow a link that is put in the place of one.
shut() {
  [ -d "./$1" ] && [ ! -L "./$1" ] || return 0
  open=x
  while [ -n "$open" ]; do
    open=$(find "./$1" -xdev -type d '(' ! -user 0 -o -perm -0020 -o -perm -0002 ')' -prune \
      -exec sh -c 'chown -h 0 -- "$@" && chmod go-w -- "$@" && printf x' sh '{}' +) || return 1
  done
}

# Files that somebody puts into the jail or onto its host: what is there.

# tick and untick: while something takes its time, a word now and then says so: a silent host is given up, and a session in
# which nothing happens. Nothing else may be printed meanwhile. It ends with the agent, whatever has killed that. Its last
# sleep outlives it: that one is short, and keeps no jail busy.
tick() {
  {
    cd /
    seconds=0
    while sleep 1 >/dev/null 2>&1 && kill -0 "$$" 2>/dev/null; do
      seconds=$((seconds + 1))
      [ $((seconds % 4)) -ne 0 ] || { say wait; pulse; }
    done
  } 9<&- &
  TICKER=$!
}
# A shell that has just been forked loses a signal that it could catch.
untick() {
  kill -KILL "$TICKER" 2>/dev/null
  wait "$TICKER" 2>/dev/null
  return 0
}

# patiently COMMAND…: one that takes its time.
patiently() {
  tick
  "$@"
  set -- "$?"
  untick
  return "$1"
}

# sums LENGTH: sizes and checksums of regular files, a path on each line. Below the jail no link is followed; on the host, where only
# a declaration names them, they are, as far as that is safe. A file may not answer (a lease), so there is an end to it; BusyBox's timeout
# ends no more than the command itself.
sums() {
  beat busy
  tick
  list=$(frame "$1" | summed 2>/dev/null)
  untick
  say list sums
  printf '%s\n' "$list" | tr '\n' '\0'
  say 'listed 0'
}

# summed: those that only root can put another file in the place of all at once, and each of the others as it was opened.
summed() {
  COLD=$NEWLINE plain=''
  while IFS= read -r path; do
    ERROR='' OWNER=''
    case $path in
      .//*) [ -n "$ENTERED" ] && way "$ROOT/${path#.//}" && [ "$REAL" = "$ROOT/${path#.//}" ] ;;
      *) way "$path" && { [ -z "$HOT" ] || lent; } ;;
    esac && if [ -z "$HOT" ]; then
      [ ! -f "$REAL" ] || plain=$plain$path$NEWLINE
    elif found=$(reading "$REAL" "$OWNER" sh -c 'stat -L -c %s /proc/self/fd/0; exec sha256sum'); then
      sum=${found#*"$NEWLINE"}
      printf 'size %s %s\n%s  %s\n' "${found%%"$NEWLINE"*}" "$path" "${sum%% *}" "$path"
    else
      ERROR=$UNREAD
    fi
    case $path:$ERROR in /*:?*) printf 'refused %s\nwhy %s\n' "$path" "$ERROR" ;; esac
  done
  printf %s "$plain" | tr '\n' '\0' | xargs -0 -r sh -c 'stat -L -c "size %s %n" -- "$@"
    exec timeout 300 sha256sum -- "$@"' sh
}

# places LENGTH: what is at some places of the host, a line each.
places() {
  beat busy
  frame "$1" | while IFS= read -r path; do
    UNSAFE=$(unsafe_above "$path")
    if [ -n "$UNSAFE" ]; then say "unsafe $UNSAFE"; fi
    there=$(stat -c '%f %u %g %h %d:%i %s' -- "$path" 2>/dev/null)
    say "place ${there:--} $path"
    if [ -L "$path" ]; then say "target $(readlink -n -- "$path")"
    elif [ -S "$path" ]; then bound "$path"; say "bound $BOUND"; fi
  done
  return 0
}

# devices LENGTH: which devices some entries of the jail are, a line each.
devices() {
  [ -n "$ENTERED" ] || { frame "$1" >/dev/null; return 0; }
  lines devices numbered "$1"
}
numbered() { frame "$1" | xargs -0 -r stat -c '%t:%T %n' --; }

# text LENGTH: the first 64 KiB of a regular file, whose path is on the next line.
text() {
  IFS= read -r path && [ "${#path}" -eq "$1" ] || return 1
  case $path in
    .//*) [ -n "$ENTERED" ] && [ ! -L "$path" ] && [ -f "$path" ] && told text dd bs=65536 count=1 if="$path" status=none ;;
    *) told text taken "$path" dd bs=65536 count=1 status=none ;;
  esac
}

# exposed LENGTH: what tells whether files of the host can be reached from jails: the roots that are registered, what is mounted,
# and what else speaks of a unit of systemd, whose name is on the next line (empty for none).
exposed() {
  IFS= read -r unit && [ "${#unit}" -eq "$1" ] || return 1
  set +f
  lines roots grep -hs '"root": "' "$REGISTRY_HOME"/*/*.json
  lines mountinfo cat /proc/self/mountinfo
  if [ -n "$unit" ]; then
    for file in /etc/systemd/system/"$unit".d/*.conf /run/systemd/system/"$unit".d/*.conf /usr/lib/systemd/system/"$unit".d/*.conf; do
      [ ! -f "$file" ] || say "dropin $file"
    done
  fi
  set -f
}

# neighbours: of the registries of all jails the records that say where a jail is, or name a place of the host; each record after
# a line of its name.
neighbours() {
  lines neighbours naming_places
}
naming_places() { registered -E '"(root|hostLink)": "|"path": "/'; }

# registered -E|-F PATTERN: the records in all registries that have such a line.
registered() {
  set +f
  # The shell gives the names through a pipe: for one command they may be too many.
  for file in "$REGISTRY_HOME"/*/*.json; do printf '%s\0' "$file"; done |
    xargs -0 grep -ls "$1" -e "$2" | tr '\n' '\0' | xargs -0 -r tail -v -n +1 --
}

# nested: records of jails that the root may lie in, or that may lie in it; where there are other jails.
nested() {
  set +f
  set -- "$REGISTRY_HOME"/*/
  set -f
  [ "$*" != "$REGISTRY/" ] && [ -d "$1" ] || return 0
  case $ROOT in
    # They are written otherwise there: all are told, and the client knows.
    *[\"\\]*) roots='"root": "/' ;;
    *)
      roots="\"root\": \"$ROOT/" up=${ROOT%/*}
      while [ -n "$up" ]; do roots="$roots$NEWLINE\"root\": \"$up\"" up=${up%/*}; done
      ;;
  esac
  lines nested registered -F "$roots"
}

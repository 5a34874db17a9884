# Looks at files of the jail and of its host: contents, places, devices, texts and registries.

# tick and untick: say a word now and then while something takes its time: a silent host is given up, and so is a
# session in which nothing happens. Nothing else may be printed meanwhile. The ticker ends with the agent, even a
# killed one. Its last sleep outlives it: a short one, which keeps no jail busy.
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

# with_ticks COMMAND…: runs a command that takes its time.
with_ticks() {
  tick
  "$@"
  set -- "$?"
  untick
  return "$1"
}

# sums LENGTH: tells sizes and checksums of regular files, a path on each line. Below the jail no link is followed; on
# the host, where only a declaration names files, links are followed as far as that is safe. A file may not answer (a
# lease), so there is a time limit; BusyBox's timeout ends no more than the command itself.
sums() {
  beat busy
  tick
  list=$(read_data "$1" | print_sums 2>/dev/null)
  untick
  say list sums
  printf '%s\n' "$list" | tr '\n' '\0'
  say 'listed 0'
}

# print_sums: sums the files that only root can replace all at once, and each other file as it was opened.
print_sums() {
  COLD=$NEWLINE plain=''
  while IFS= read -r path; do
    ERROR='' OWNER=''
    case $path in
      .//*) [ -n "$ENTERED" ] && resolve_path "$ROOT/${path#.//}" && [ "$REAL" = "$ROOT/${path#.//}" ] ;;
      *) resolve_path "$path" && { [ -z "$HOT" ] || check_owner_path; } ;;
    esac && if [ -z "$HOT" ]; then
      [ ! -f "$REAL" ] || plain=$plain$path$NEWLINE
    elif found=$(read_as_opened "$REAL" "$OWNER" sh -c 'stat -L -c %s /proc/self/fd/0; exec sha256sum'); then
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

# places LENGTH: tells what is at some places of the host, a line each.
places() {
  beat busy
  read_data "$1" | while IFS= read -r path; do
    UNSAFE=$(unsafe_above "$path")
    if [ -n "$UNSAFE" ]; then say "unsafe $UNSAFE"; fi
    there=$(stat -c '%f %u %g %h %d:%i %s' -- "$path" 2>&1) || case $there in
      *': No such file or directory' | *': Not a directory') there=- ;;
      *) say "place ? $path"; say "unread ${there##*: }"; continue ;;
    esac
    say "place $there $path"
    if [ -L "$path" ]; then say "target $(readlink -n -- "$path")"
    elif [ -S "$path" ]; then find_listener "$path"; say "bound $BOUND"; fi
  done
  return 0
}

# devices LENGTH: tells which devices some entries of the jail are, a line each.
devices() {
  [ -n "$ENTERED" ] || { read_data "$1" >/dev/null; return 0; }
  send_lines devices print_devices "$1"
}
print_devices() { read_data "$1" | xargs -0 -r stat -c '%t:%T %n' --; }

# say_times LENGTH: tells the host's clock, and when the inodes of some entries have changed last, in seconds. It prints no
# name, so none can forge another entry's time.
say_times() {
  [ -n "$ENTERED" ] || { read_data "$1" >/dev/null; return 0; }
  say "now $(date +%s)"
  send_lines times print_times "$1"
}
print_times() {
  # A directory may have become a link to a file system that does not answer: an age is not worth the wait.
  read_data "$1" | (
    timeout 3 xargs -0 -r stat -c '%d:%i %Z' --
    status=$?
    cat >/dev/null
    exit "$status"
  )
}

# text LENGTH: sends the first 64 KiB of a regular file that everybody may read, whose path is on the next line. On
# the host everybody also has to be able to go through all directories above it.
text() {
  IFS= read -r path && [ "${#path}" -eq "$1" ] || return 1
  case $path in
    .//*) [ -n "$ENTERED" ] && [ ! -L "$path" ] && [ -f "$path" ] && send_list text sh -c "$EVERYBODYS" <"$path" ;;
    *) COLD=$NEWLINE && resolve_path "$path" && passable "$REAL" && send_list text read_host_file "$path" sh -c "$EVERYBODYS" ;;
  esac
}
EVERYBODYS='case $(stat -L -c %a /proc/self/fd/0) in *[4567]) exec dd bs=65536 count=1 status=none ;; esac; exit 1'

# logins LENGTH: sends the first 64 KiB of a passwd of the jail, whose path is on the next line, whatever its mode;
# without any hash.
logins() {
  IFS= read -r path && [ "${#path}" -eq "$1" ] || return 1
  [ -n "$ENTERED" ] && [ ! -L "$path" ] && [ -f "$path" ] && send_list text sh -c "$NO_HASHES" <"$path"
}
NO_HASHES='head -c 65536 | sed "s/^\([^:]*\):[^:]*:/\1:x:/"'

# passable PATH: tells whether everybody may go through the directories above it.
passable() {
  up=${1%/*}
  while [ -n "$up" ]; do
    case $(stat -L -c %a -- "$up") in *[1357]) ;; *) return 1 ;; esac
    up=${up%/*}
  done
}

# exposed LENGTH: tells how jails could reach files of the host: the registered roots, the mounts, and everything that
# changes a unit of systemd, whose name is on the next line (empty for none).
exposed() {
  IFS= read -r unit && [ "${#unit}" -eq "$1" ] || return 1
  send_lines roots registered_roots
  send_lines mountinfo cat /proc/self/mountinfo
  [ -z "$unit" ] || overrides "$unit"
}

registered_roots() { all_record_files | xargs -0 -r grep -hs '"root": "'; }

# neighbours: sends the records of all registries that say where a jail is, or name a place of the host; each record
# behind a line with its name.
neighbours() {
  send_lines neighbours records_naming_places
}
records_naming_places() { matching_records -E '"(root|hostLink)": "|"path": "/'; }

# matching_records -E|-F PATTERN: prints the records in all registries that have such a line.
matching_records() { all_record_files | xargs -0 -r grep -ls "$1" -e "$2" | tr '\n' '\0' | xargs -0 -r tail -v -n +1 --; }
all_record_files() {
  set +f
  files_of "$REGISTRY_HOME"/*/
}

# nested: sends records of jails that the root may lie in, or that may lie in it, where there are other jails.
nested() {
  set +f
  set -- "$REGISTRY_HOME"/*/
  set -f
  [ "$*" != "$REGISTRY/" ] && [ -d "$1" ] || return 0
  case $ROOT in
    # JSON escapes such a root: all records are told, and the client chooses.
    *[\"\\]*) roots='"root": "/' ;;
    *)
      roots="\"root\": \"$ROOT/" up=${ROOT%/*}
      while [ -n "$up" ]; do roots="$roots$NEWLINE\"root\": \"$up\"" up=${up%/*}; done
      ;;
  esac
  send_lines nested matching_records -F "$roots"
}

# Running processes whose root is the jail, from /proc. Only a look. The tests are the shell's own: a command for each of a
# host's thousands of processes would take seconds. What a process chooses itself (its name, those of its files) is told,
# and never used; the values of its environment stay on the host.

# processes: those and their threads, or nothing where nobody could see all of them.
processes() {
  [ -n "$ENTERED" ] || return 0
  [ -d /proc/1/root ] || { ERROR='/proc does not show all processes: is it mounted, and are you root?'; return 1; }
  beat busy
  inhabitants &
  look=$!
  # A file system that does not answer must not hold the agent.
  {
    trap 'kill -KILL "$!"; exit' TERM
    sleep 10 &
    wait "$!"
    kill -KILL "$look"
  } </dev/null >/dev/null 2>&1 9<&- &
  limit=$!
  wait "$look" || ERROR='looking at the processes took more than 10 s, or was killed: does a file system not answer?'
  kill "$limit" 2>/dev/null
  [ -z "$ERROR" ]
}

# inhabitants: at most 50 processes, of at most 500 tasks in the jail; of the others their number. Threads that may do other
# things than the one before are told too: each has its own user, root and capabilities for the kernel.
inhabitants() {
  LINKS='' tasks='' known=0 looked=0 more=0 last='' before=''
  set +f
  set -- /proc/[0-9]*/task/[0-9]*
  set -f
  for task; do
    # Nearly all.
    [ ! "$task/root" -ef / ] || continue
    if [ "$task/root" -ef . ]; then where=jail; elif inside "$task/root"; then where=below; else continue; fi
    if [ "$known" -eq 50 ] || [ "$looked" -eq 500 ]; then
      more=$((more + 1))
      continue
    fi
    looked=$((looked + 1))
    pid=${task#/proc/} pid=${pid%%/*}
    started "$task" && credentials "$task" || continue
    [ "$pid:$CREDENTIALS" != "$last:$before" ] || continue
    if inside "$task/cwd"; then cwd=inside; else cwd=outside; fi
    descriptors "$task"
    start=$STARTED
    # What has ended meanwhile seems to be outside.
    started "$task" && [ "$STARTED" = "$start" ] && [ -d "$task/root" ] || continue
    { IFS= read -r name <"/proc/$pid/status"; } 2>/dev/null || continue
    say "process $pid ${task##*/} $start $where $cwd $name"
    say "credentials $CREDENTIALS"
    say "descriptors $CUT$DESCRIPTORS"
    [ "$pid" = "$last" ] || tasks="$tasks $task"
    LINKS="$LINKS $task/exe $task/root $task/cwd$FOUND"
    known=$((known + 1)) last=$pid before=$CREDENTIALS
  done
  say "more $more"
  # Without a place find looks at the jail.
  [ -z "$LINKS" ] || links
  # Numbers of processes, no names: they are words.
  environments $tasks
}

# inside DIRECTORY: whether it is the jail's root, or below it, whatever its names are and whoever has mounted what.
inside() {
  up=$1
  until [ "$up" -ef . ]; do
    [ -d "$up/.." ] && [ ! "$up" -ef "$up/.." ] || return 1
    up=$up/..
  done
}

# started TASK: in clock ticks since the host's start; who has the number of one that has ended has another one.
started() {
  stat=''
  while IFS= read -r line; do stat="$stat $line"; done 2>/dev/null <"$1/stat"
  [ -n "$stat" ] || return 1
  # Its name is in parentheses, and may have some in it, and line breaks.
  set -- ${stat##*) }
  STARTED=${20-}
}

# credentials TASK: what it may do. Effective and ambient capabilities are among the permitted ones.
credentials() {
  CREDENTIALS=''
  while IFS= read -r line; do
    case $line in Umask:* | Uid:* | Gid:* | Groups:* | CapPrm:* | CapBnd:* | NoNewPrivs:*) CREDENTIALS=$CREDENTIALS$line$NEWLINE ;; esac
  done 2>/dev/null <"$1/status"
  [ -n "$CREDENTIALS" ]
}

# descriptors TASK: directories outside, block devices, and files that are open for writing: only the name tells where one
# is. At most 100 of them, and 100 files; CUT tells that there are more.
descriptors() {
  DESCRIPTORS='' FOUND='' CUT=all files=0 ways=0
  set +f
  set -- "$1"/fd/*
  set -f
  for fd; do
    if [ -d "$fd" ]; then
      ! inside "$fd" || continue
      kind=directory ways=$((ways + 1))
    elif [ -b "$fd" ]; then
      kind=block ways=$((ways + 1))
    elif [ -f "$fd" ] && writable "${fd%/fd/*}/fdinfo/${fd##*/}"; then
      kind=file files=$((files + 1))
    else
      continue
    fi
    case $kind in file) count=$files ;; *) count=$ways ;; esac
    [ "$count" -le 100 ] || { CUT=cut; continue; }
    DESCRIPTORS="$DESCRIPTORS $kind:${fd##*/}" FOUND="$FOUND $fd"
  done
}

# writable FDINFO: the last octal digit of the flags is how a file was opened (open(2)).
writable() {
  while read -r word flags; do
    [ "$word" != flags: ] || case $flags in *[1256]) return 0 ;; esac
  done 2>/dev/null <"$1"
  return 1
}

# links: where they lead. BusyBox's find prints no metadata.
links() {
  told links find $LINKS -maxdepth 0 -printf '%p\0%l\0'
  case $SAID in 'find: unrecognized: -printf'*) told links each_link $LINKS ;; esac
}
each_link() {
  for link; do
    printf '%s\0' "$link"
    readlink -n "$link"
    printf '\0'
  done
}

# environments TASK…: the names in the first 64 KiB that each was started with. Programs write over what is there: what
# cannot be a name is left out.
environments() {
  {
    for task; do
      pid=${task#/proc/}
      printf '%s %s\0' "$NONCE" "${pid%%/*}"
      dd if="$task/environ" bs=65536 count=1 2>/dev/null
      # Of one that was killed there are more, but nobody has read them.
      [ "$?" -le 123 ] || exit 1
      printf '\0'
    done
    printf '%s \0' "$NONCE"
  } | tr '\n\0' '\1\n' | while IFS= read -r entry; do
    case $entry in
      "$NONCE ") say whole ;;
      "$NONCE "*) pid=${entry#* } ;;
      *=*)
        name=${entry%%=*}
        case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) ;; *) say "environment $pid $name" ;; esac
        ;;
    esac
  done
}

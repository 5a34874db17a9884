# Finds running processes whose root is the jail, from /proc. Only a look. The tests are the shell's own: a command
# for each of a host's thousands of processes would take seconds. A process chooses its own name and those of its
# files: they are told, and never used; the values of its environment stay on the host.

# processes: tells the jail's processes and threads, and why some are not seen, if so.
processes() {
  [ -n "$ENTERED" ] || return 0
  beat busy
  say_inhabitants &
  look=$!
  # A file system that does not answer must not hold the agent.
  {
    trap 'kill -KILL "$!"; exit' TERM
    sleep 10 &
    wait "$!"
    kill -KILL "$look"
  } </dev/null >/dev/null 2>&1 9<&- &
  limit=$!
  wait "$look"
  case $? in
    0) ;;
    137) ERROR='looking at the processes took more than 10 s, or was killed: does a file system not answer?' ;;
    *) ERROR='looking at the processes failed' ;;
  esac
  kill "$limit" 2>/dev/null
  [ -z "$ERROR" ]
}

# say_inhabitants: tells every process of the jail, and its threads as far as they may do other things than the
# process itself: a thread has its own user and capabilities for the kernel, and may have its own root, working
# directory and descriptors. The look ends with a pass that finds no new one. After 5 s it looks at no descriptors any
# more, after 8 s at nothing: each process has a word for the parts that were looked at, and the end tells how many
# were not.
say_inhabitants() {
  LINKS='' TASKS='' KNOWN=' ' JAILED='' BLIND='' listed=' ' passes=0
  read_clock && BEGUN=$NOW
  while :; do
    fresh=0 missed=0 last='' passes=$((passes + 1)) before=$listed
    set +f
    set -- /proc/[0-9]*
    set -f
    listed=" $* "
    # From the second pass on there are few to look at. A process that ended before may have been in the jail.
    for process; do
      case $before in *" $process "*) continue ;; esac
      tasks_of "$process"
      [ "$before" = ' ' ] || [ -d "$process" ] || fresh=$((fresh + 1))
    done
    for process in $JAILED; do tasks_of "$process"; done
    [ "$fresh" -gt 0 ] && [ "$passes" -lt 10 ] && ! is_late 8 || break
  done
  say "more $missed"
  [ "$fresh" -eq 0 ] || say restless
  blind=$(unseen $BLIND)
  [ -z "$blind" ] || say "unseen $blind"
  # Without a place find looks at the jail.
  [ -z "$LINKS" ] || send_links
  # Numbers of processes are words, other than names.
  if [ -n "$TASKS" ]; then say_environments $TASKS; else say whole; fi
}

# tasks_of PROCESS: tells its threads that are in the jail. Nearly all processes have the host's root.
tasks_of() {
  set +f
  set -- "$1"/task/[0-9]*
  set -f
  for task; do
    [ ! "$task/root" -ef / ] || continue
    # The task has ended, or may not be looked at; where /proc hides processes it names no threads.
    [ -d "$task/root" ] || case $task in *'*') BLIND="$BLIND ${task%/task/*}/root" ;; *) BLIND="$BLIND $task/root" ;; esac
    if [ "$task/root" -ef . ]; then say_inhabitant "$task" jail; elif is_inside "$task/root"; then say_inhabitant "$task" below; fi
  done
}

# say_inhabitant TASK jail|below: tells a task that is in the jail, unless it was told before.
say_inhabitant() {
  pid=${1#/proc/} pid=${pid%%/*}
  read_start "$1" || { note_gone "$1"; return; }
  start=$STARTED
  [ "$pid" = "$last" ] || leader=$1 same=''
  last=$pid
  case $KNOWN in *" ${1##*/}:$start "*) return ;; esac
  ! is_late 8 || { missed=$((missed + 1)); return; }
  read_credentials "$1" || { note_gone "$1"; return; }
  own=$CREDENTIALS
  if is_inside "$1/cwd"; then cwd=inside; else cwd=outside; fi
  DESCRIPTORS='' FOUND='' CUT=late
  is_late 5 || read_descriptors "$1" "$leader"
  # A task that has ended meanwhile seems to be outside.
  read_start "$1" && [ "$STARTED" = "$start" ] && [ -d "$1/root" ] || { note_gone "$1"; return; }
  fresh=$((fresh + 1)) KNOWN="$KNOWN${1##*/}:$start "
  if [ "$leader" != "$1" ] && [ "$own" = "$same" ] && [ "$CUT:$DESCRIPTORS" = all: ] &&
    [ "$1/cwd" -ef "$leader/cwd" ] && [ "$1/root" -ef "$leader/root" ]; then return; fi
  same=$own name=''
  { IFS= read -r name <"/proc/$pid/status"; } 2>/dev/null
  # Most of a daemon's processes are alike, and a host may need a command for each link.
  if [ -z "$LINKS" ] || [ ! "$1/exe" -ef "$alike/exe" ] || [ ! "$1/root" -ef "$alike/root" ] || [ ! "$1/cwd" -ef "$alike/cwd" ]; then
    alike=$1 LINKS="$LINKS $1/exe $1/root $1/cwd"
  fi
  say "process $pid ${1##*/} $start $2 $cwd $alike $name"
  say "credentials $own"
  say "descriptors $CUT$DESCRIPTORS"
  [ "$leader" != "$1" ] || TASKS="$TASKS $1" JAILED="$JAILED /proc/$pid"
  LINKS="$LINKS$FOUND"
}

# note_gone TASK: counts a task that was in the jail a moment ago, and could not be looked at. It may have started
# another one.
note_gone() {
  if [ -d "$1/root" ]; then missed=$((missed + 1)); else fresh=$((fresh + 1)); fi
}

# read_clock: reads the seconds since the host's start into NOW, without a command.
read_clock() { IFS=' .' read -r NOW _ </proc/uptime; }

# is_late SECONDS: tells whether the look has taken so long.
is_late() { read_clock && [ $((NOW - BEGUN)) -ge "$1" ]; }

# is_inside DIRECTORY: tells whether it is the jail's root, or below it, under any name and any mount.
is_inside() {
  up=$1
  until [ "$up" -ef . ]; do
    [ -d "$up/.." ] && [ ! "$up" -ef "$up/.." ] || return 1
    up=$up/..
  done
}

# read_start TASK: reads its start, in clock ticks since the host's start, into STARTED. A later task with the same
# number has another start.
read_start() {
  stat=''
  while IFS= read -r line; do stat="$stat $line"; done 2>/dev/null <"$1/stat"
  [ -n "$stat" ] || return 1
  # Its name is in parentheses, and may contain parentheses and line breaks.
  set -- ${stat##*) }
  STARTED=${20-}
}

# read_credentials TASK: reads its rights into CREDENTIALS. Effective and ambient capabilities are among the permitted
# ones.
read_credentials() {
  CREDENTIALS=''
  while IFS= read -r line; do
    case $line in Umask:* | Uid:* | Gid:* | Groups:* | CapPrm:* | CapBnd:* | NoNewPrivs:*) CREDENTIALS=$CREDENTIALS$line$NEWLINE ;; esac
  done 2>/dev/null <"$1/status"
  [ -n "$CREDENTIALS" ]
}

# read_descriptors TASK LEADER: collects directories outside, block devices, and files that are open for writing: only
# the name tells where a file is. A descriptor that the thread's leader holds by the same number is left out. At most
# 100 of them, and 100 files; CUT tells that there are more, or that the time was too short.
read_descriptors() {
  DESCRIPTORS='' FOUND='' CUT=all files=0 ways=0 seen=0
  set +f
  set -- "$1" "$2" "$1"/fd/*
  set -f
  [ "$1" = "$2" ] && of='' || of=$2
  shift 2
  for fd; do
    [ $((seen += 1)) -lt 256 ] || { ! is_late 5 || { CUT=late; return; }; seen=0; }
    [ -z "$of" ] || [ ! "$fd" -ef "$of/fd/${fd##*/}" ] || continue
    if [ -d "$fd" ]; then
      ! is_inside "$fd" || continue
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

# writable FDINFO: tells whether a file is open for writing: the last octal digit of its flags (open(2)).
writable() {
  while read -r word flags; do
    [ "$word" != flags: ] || case $flags in *[1256]) return 0 ;; esac
  done 2>/dev/null <"$1"
  return 1
}

# send_links: tells where the links lead. BusyBox's find prints no metadata.
send_links() {
  send_list links print_links
  case $SAID in *'find: unrecognized: -printf'*) send_list links each_link $LINKS ;; esac
}
print_links() { printf '%s\0' $LINKS | xargs -0 sh -c 'exec find "$@" -maxdepth 0 -printf "%p\0%l\0"' sh; }
each_link() {
  for link; do
    printf '%s\0' "$link"
    readlink -n "$link"
    printf '\0'
  done
}

# say_environments TASK…: tells the names in the first 64 KiB of each environment. Programs write over it: text that
# cannot be a name is left out, and a forged header only hides the processes behind it, which then count as unseen.
say_environments() {
  ONE=$(printf '\1') left="$* "
  {
    # A killed reader has left some out, so the end is not told.
    printf '%s/environ\0' "$@" | xargs -0 head -v -c 65536 2>/dev/null
    [ "$?" -le 123 ] && printf '\0%s \0' "$NONCE"
  } | tr '\n\0' '\1\n' | while IFS= read -r entry; do
    while :; do
      case $entry in *"==> /proc/"*"/environ <==$ONE"*) ;; *) break ;; esac
      entry=${entry#*"==> "}
      task=${entry%%/environ*} entry=${entry#*"<==$ONE"}
      case $left in
        *"$task "*)
          left=${left#*"$task "} pid=${task#/proc/} pid=${pid%%/*}
          say "environ $pid"
          ;;
      esac
    done
    case $entry in
      "$NONCE ") say whole ;;
      *=*)
        name=${entry%%=*}
        case $name in '' | [0-9]* | *[!A-Za-z0-9_]*) ;; *) say "environment $pid $name" ;; esac
        ;;
    esac
  done
}

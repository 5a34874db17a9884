# Finds the processes that use entries of the jail. Names do not tell it: a file has other names in other mounts,
# namespaces and hard links. Device and inode tell it; stat(1) reads them through the links of /proc, wherever a
# process has the file. This only looks, and writes nothing.

# find_users KIND: reads paths, each with a NUL behind it. Prints one record for each path that a process uses, itself
# or an entry below it: "HOW PID NAME", a line break and the path; or "unknown WHY" where the processes were not seen.
# The last record is "whole". For the kind `unused` each use counts: a descriptor, a mapping, a lock, a bound socket,
# the program, the working directory, the root. For other kinds the last two count.
find_users() {
  TOPS=$(tr '\n\0' '\1\n')
  found=$(inodes "$1" "$TOPS")
  case $found in
    *cut) unknown_uses 'its entries change, or cannot be looked at'; return 0 ;;
    '') printf 'whole\0'; return 0 ;;
  esac
  sockets=''
  [ "$1" != unused ] || sockets=$(named "$TOPS" | xargs -0 -r sh -c 'find "$@" -type s -print0' sh 2>/dev/null | tr '\n\0' '\1\n')
  held=$(named "$sockets" | xargs -0 timeout 10 sh -c "$HELD" sh "$1" "$ROOT" 2>/dev/null || echo cut)
  case $held in
    *"unknown "*) held=${held#*unknown } && unknown_uses "${held%%"$NEWLINE"*}"; return 0 ;;
    *cut) unknown_uses 'the look at the processes took more than 10 s, or was killed: does a file system not answer?'; return 0 ;;
  esac
  USED=$(common "$found" "$(printf '%s\n' "$held" | cut -d ' ' -f 1)")
  [ -z "$USED" ] || report_users "$1" "$TOPS"
  printf 'whole\0'
}

# report_users KIND LIST: tells which of these paths are used. It halves the list, as nearly all are unused.
report_users() {
  set -- "$1" "$2" "$(common "$USED" "$(inodes "$1" "$2")" | head -n 1)"
  [ -n "$3" ] || return 0
  case $2 in
    *"$NEWLINE"*)
      set -- "$1" "$2" $((($(printf '%s\n' "$2" | grep -c '') + 1) / 2))
      report_users "$1" "$(printf '%s\n' "$2" | head -n "$3")"
      report_users "$1" "$(printf '%s\n' "$2" | tail -n "+$(($3 + 1))")"
      ;;
    *) user_record "$(printf '%s\n' "$held" | grep "^$3 /" | head -n 1)" "$2" ;;
  esac
}
# unknown_uses WHY: prints that the uses are unknown.
unknown_uses() { printf 'unknown %s\n\0whole\0' "$1"; }

# uses LENGTH KIND: tells which of these entries of the jail a process uses.
uses() {
  [ -n "$ENTERED" ] || { read_data "$1" >/dev/null; return 0; }
  beat busy
  tick
  answer=$(read_data "$1" | find_users "$2" | tr '\n\0' '\1\n')
  untick
  send_list uses named "$answer"
}

# named LIST: turns lines into names again, each with a NUL behind it.
named() { [ -z "$1" ] || printf '%s\n' "$1" | tr '\n\1' '\0\n'; }

# inodes KIND LIST: prints device and inode of the entries at some paths and below them, a line each; a last line
# "cut" says that some are missing.
inodes() {
  set -- "$1" "$2" "$([ "$1" = unused ] || echo d)"
  named "$2" | xargs -0 -r sh -c 'type=$1; shift
    exec find "$@" ${type:+-type "$type"} -exec stat -c "%d:%i" -- "{}" +' sh "$3" 2>/dev/null || echo cut
}

# common LIST LIST: prints the lines that both lists have.
common() {
  { printf '%s\n' "$1" | sort -u; printf '%s\n' "$2" | sort -u; } | sort | uniq -d
}

# user_record LINK PATH: prints the record of one use. The process itself chooses its name.
user_record() {
  link=${1#* } name=''
  pid=${link#/proc/} pid=${pid%%/*}
  case $link in
    */cwd | */root) how=busy ;;
    */exe) how=runs ;;
    */lock) how=locks ;;
    */socket) how=bound ;;
    */map_files/*) how=maps ;;
    *) how=opens ;;
  esac
  { IFS= read -r name <"/proc/$pid/status"; } 2>/dev/null
  printf '%s %s %s\n' "$how" "$pid" "${name#Name:?}"
  named "$2"
}

# A program for a shell of its own, with a time limit; its arguments are the kind, the root of the jail, and sockets
# that a process may have bound. Prints "DEVICE:INODE LINK" for everything that processes hold, or "unknown WHY". A
# second pass sees processes that have begun meanwhile.
HELD="$SIGHT"'
kind=$1 jail=$2 known=" " links="" newline="
"
shift 2
# held: prints the links of the new processes. A process without descriptors has an empty directory.
held() {
  for process in $new; do
    for task in "$process"/task/[0-9]*; do printf "%s/cwd\0%s/root\0" "$task" "$task"; done
    [ "$kind" = unused ] || continue
    printf "%s/exe\0" "$process"
    for link in "$process"/map_files/* "$process"/task/[0-9]*/fd/*; do
      case $link in
        *"*") [ -r "${link%/*}" ] || [ ! -d "${link%/*}" ] || denied "${link#/proc/}" ;;
        *) printf "%s\0" "$link" ;;
      esac
    done
  done
}

# locked: prints the locks. The holder of a lock need not have the file open here (NFS).
locked() {
  while read -r _ lock _ _ pid where _; do
    case $lock:$where in -*) continue ;; *:*:*:*) ;; *) continue ;; esac
    major=0x${where%%:*} minor=${where#*:} inode=${where##*:}
    minor=0x${minor%:*}
    echo "$((((major & 4095) << 8) | (minor & 255) | ((minor & ~255) << 12))):$inode /proc/$pid/lock"
  done </proc/locks
}

# bound_sockets SOCKET…: prints the sockets that a process has bound, in any network namespace. The kernel tells the
# name that the process used, in its own root; the socket may have been renamed since.
bound_sockets() {
  stat -L -c "%i %n" /proc/[0-9]*/ns/net 2>/dev/null | sort -u -k 1,1 | while read -r _ process; do
    cat "${process%/ns/net}/net/unix" 2>/dev/null
  done | while read -r _ _ _ _ _ _ inode name; do
    case $inode in "" | *[!0-9]*) continue ;; esac
    case $name in "" | @*) continue ;; esac
    holder=$(printf "%s\n" "$links" | grep ":$inode /proc/[0-9]*/task/[0-9]*/fd/" | head -n 1)
    # All sockets are on one device: the next names need fewer links.
    [ -z "$holder" ] || links=$(printf "%s\n" "$links" | grep "^${holder%%:*}:")
    process=${holder#* } process=${process%%/task/*}
    process=${process:-/proc/0}
    for socket; do
      ! binds "$process/root" "$name" "$socket" || echo "$(stat -c %d:%i "$socket") $process/socket"
    done
  done
}
binds() {
  for root in "$1" "" "$jail"; do [ ! "$root$2" -ef "$3" ] || return 0; done
  [ ! -S "$1$2" ] || return 1
  [ "${2##*/}" = "${3##*/}" ] || [ "$1${2%/*}/" -ef "${3%/*}/" ]
}

shows_all
if [ "$kind" = unused ]; then
  for mapped in /proc/$$/map_files/*; do break; done
  [ -e "$mapped" ] || unknown "mapped files cannot be looked at without CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE: $rights"
fi
for pass in 1 2; do
  new="" dead=""
  for process in /proc/[0-9]*; do
    case $known in *" $process "*) continue ;; esac
    new="$new $process"
    for task in "$process"/task/[0-9]*; do
      [ -d "$task/root" ] || case $task in *"*") dead="$dead $process/root" ;; *) dead="$dead $task/root" ;; esac
    done
  done
  known="$known$new "
  [ -z "$dead" ] || readable $dead
  links=$links$newline$(held | xargs -0 -r stat -L -c "%d:%i %n" 2>/dev/null; [ $? -le 123 ] || echo cut)
done
printf "%s\n" "$links"
[ "$kind" != unused ] || locked 2>/dev/null
[ $# -eq 0 ] || bound_sockets "$@"
case $links in *"${newline}cut"*) exit 1 ;; esac'

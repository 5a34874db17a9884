# Reads files where users other than root may put another file in the place of the one that was looked at. No shell can
# open a file without following links, or without waiting for the other end of a FIFO: so a process with a time limit
# opens it once, and then the kernel says what was opened. Nothing else is ever read.

# resolve_path PATH: follows the path on the host, link by link, into REAL. HOT is the first directory on it that
# users other than root may write in, as unsafe_above tells it; from there on REAL holds only the given names, as a user
# who may write there can make a name a link to any file. COLD lists the directories without such a writer, for this
# request.
resolve_path() {
  REAL=$1 hops=40
  while [ "$hops" -gt 0 ]; do
    hops=$((hops - 1))
    case $COLD in
      *"$NEWLINE${REAL%/*}/$NEWLINE"*) HOT='' ;;
      *) HOT=$(unsafe_above "$REAL") ;;
    esac
    case $HOT in
      '')
        link=$REAL
        # A directory with the sticky bit protects only entries of root's.
        ! only_root_writes "$(stat -c %u:%a "${REAL%/*}/")" || COLD="$COLD${REAL%/*}/$NEWLINE"
        ;;
      nodir*) link=${HOT#nodir - } ;;
      absent*) return 1 ;;
      *) return 0 ;;
    esac
    [ -L "$link" ] || { [ -z "$HOT" ]; return; }
    to=$(readlink "$link")
    case $to in /*) ;; *) to=${link%/*}/$to ;; esac
    REAL=$to${REAL#"$link"}
  done
  return 1
}

# check_owner_path: checks that everything from HOT on belongs to its owner only: real directories, and a file. The
# owner can read every file that he can put there, so he could as well have written it. OWNER is his number; ERROR
# names the part that belongs to another user.
check_owner_path() {
  hot=${HOT#open * } who=${HOT#open }
  who=${who%% *} rest=${REAL#"$hot"/}
  hot=$(cd -P "$hot" && pwd) && OWNER=$(stat -c %u "$hot") || return 1
  at=$hot REAL=$hot/$rest
  [ -e "$REAL" ] || return 1
  while :; do
    here=$(stat -c %u:%a:%F -- "$at")
    case $rest:$here in
      :"$OWNER":*:regular*) return 0 ;;
      :*) break ;;
      *:directory) only_user_writes "$OWNER" "${here%:*}" || break ;;
      *) break ;;
    esac
    at=$at/${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
  done
  ERROR="other users than root may write in $hot (${who%:*} ${who##*:}): from there only a file of ${who%%:*} is taken, without a link, and only from \
directories where no other user may write, and $at is not such an entry ($(stat -c '%F, %U:%G %a' -- "$at")): correct that, or name a file where only root may write"
  return 1
}

# read_as_opened PATH UID COMMAND…: runs a command whose input is a regular file that really has this path, and this
# owner where one is given.
read_as_opened() {
  timeout 10 sh -c '
    path=$1 owner=$2
    shift 2
    [ -f "$path" ] && [ ! -L "$path" ] && exec <"$path" && [ -f /proc/self/fd/0 ] || exit
    [ "$(readlink -n /proc/self/fd/0; echo .)" = "$path." ] || exit
    case $owner in "" | "$(stat -L -c %u /proc/self/fd/0)") exec "$@" ;; esac
    exit 1' sh "$@"
}

# read_host_file PATH COMMAND…: runs a command whose input is a file of the host.
read_host_file() {
  COLD=$NEWLINE
  resolve_path "$1" || return
  shift
  if [ -z "$HOT" ]; then [ -f "$REAL" ] && "$@" <"$REAL"; return; fi
  check_owner_path && { read_as_opened "$REAL" "$OWNER" "$@" || { ERROR=$UNREAD; return 1; }; }
}
UNREAD='it was changed while it was read, or could not be read within 10 s: find the process that does that, and try again'

# Reading files where others than root may put another one in the place of what was looked at. No shell can open a file without
# following links, or without waiting for the other end of a FIFO: so it is opened once, by a process that is given a time, and
# then the kernel says what was opened. What it was not meant to be is never read.

# way PATH: where it leads on the host, REAL, link by link. HOT is the first directory on it that others than root may write in, as
# unsafe_above tells of it; from there on REAL is what the names say, as whoever may write there can make one a link to any file.
# COLD are directories in which that was found to be nobody, of this request.
way() {
  REAL=$1 hops=40
  while [ "$hops" -gt 0 ]; do
    hops=$((hops - 1))
    case $COLD in
      *"$NEWLINE${REAL%/*}/$NEWLINE"*) HOT='' ;;
      *) HOT=$(unsafe_above "$REAL") ;;
    esac
    case $HOT in
      '') link=$REAL COLD="$COLD${REAL%/*}/$NEWLINE" ;;
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

# lent: whether all from HOT on is its owner's alone: real directories, and a file. Whatever he can put there he can read, so he
# could as well have written it. OWNER is his number; else ERROR says what is another's, if anything is there.
lent() {
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
      *:directory) alone "$OWNER" "${here%:*}" || break ;;
      *) break ;;
    esac
    at=$at/${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
  done
  ERROR="others than root may write in $hot (${who%:*} ${who##*:}): from there only a file of ${who%%:*} is taken, by no link, out of directories \
where nobody else may write, and $at is none such ($(stat -c '%F, %U:%G %a' -- "$at")): correct that, or name a file where only root may write"
  return 1
}

# reading PATH UID COMMAND…: a command whose input is a regular file that really has this path; and this owner, where one is given.
reading() {
  timeout 10 sh -c '
    path=$1 owner=$2
    shift 2
    [ -f "$path" ] && [ ! -L "$path" ] && exec <"$path" && [ -f /proc/self/fd/0 ] || exit
    [ "$(readlink -n /proc/self/fd/0; echo .)" = "$path." ] || exit
    case $owner in "" | "$(stat -L -c %u /proc/self/fd/0)") exec "$@" ;; esac
    exit 1' sh "$@"
}

# taken PATH COMMAND…: a command whose input is a file of the host.
taken() {
  COLD=$NEWLINE
  way "$1" || return
  shift
  if [ -z "$HOT" ]; then [ -f "$REAL" ] && "$@" <"$REAL"; return; fi
  lent && { reading "$REAL" "$OWNER" "$@" || { ERROR=$UNREAD; return 1; }; }
}
UNREAD='it was changed while it was read, or could not be read within 10 s: look who does that, and try again'

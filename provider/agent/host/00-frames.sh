# The agent: what pulumi-chroot runs on a host. One POSIX sh program, sent on stdin and gone with the connection; nothing
# is installed. It serves requests, a line each, until its input ends. No path ever becomes part of a shell word: names
# travel as NUL-terminated lists, cut exactly by dd (head -c of BusyBox reads too far, sh -s of dash reads ahead).
#
# Replies end in NUL and begin with a nonce that only this session knows, so no file name can forge one (it is never in an
# argument of a command: the daemon may read those). The phases are registry (its lock), enter (walk to the root), look
# (facts, records, scan); and where something differs: seal what the daemon may write, scan again, repair, scan, relax.
#
# The sender sets NONCE, REGISTRY_HOME, QUARANTINE, STAGING and IDLE in the lines before this one.
set -uf
umask 077
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
unset CDPATH ENV
NEWLINE='
'
# Until there is one: nothing is below this name.
REGISTRY=/dev/null
ENTERED='' ROOT='' ERROR='' ZONE='' DEPTH='' LEVEL=0 PLANNED='' SEALED='' WATCH='' LOCKED='' STAGE='' STAGED='' TARGET='' NAME='' OLD=''

# frame LENGTH: exactly that much of the input.
frame() { dd bs=65536 count="$1" iflag=count_bytes,fullblock 2>/dev/null; }
say() { printf '%s %s\0' "$NONCE" "$*"; }

# told NAME COMMAND…: sends what a command prints, in pieces that end in NUL; then its status and what it complains of,
# which is in SAID then.
told() {
  say list "$1"
  shift
  {
    SAID=$({ "$@" 2>&1 >&3; printf '\n%s %s' "$NONCE" "$?"; })
  } 3>&1
  ended
}

# lines NAME COMMAND…: the same, with each line that a command prints as a piece.
lines() {
  say list "$1"
  shift
  {
    SAID=$({ { "$@"; printf '\n%s %s' "$NONCE" "$?" >&4; } | tr '\n' '\0' >&3; } 4>&1 2>&1)
  } 3>&1
  ended
}

# ended: the end of a list. Who is killed before it can say how it ended, as whoever fills a host's memory may do, has not: what it
# complains of may have any names in it.
ended() {
  status=255
  case $SAID in *"$NEWLINE$NONCE "*) status=${SAID##*"$NONCE "} SAID=${SAID%"$NEWLINE$NONCE "*} ;; esac
  # What was printed may end without its NUL.
  printf '\0'
  say "listed $status $SAID"
}

# whole COMMAND…: fails where what a command prints is not all of it: nobody took it (a full disk), or it was killed. That
# something it looked at was gone (1, and 123 of xargs) is no failure.
whole() {
  {
    ended=$({ { "$@"; printf '%s' "$?" >&4; } | cat >&3; } 4>&1) && [ "${ended:-255}" -le 123 ]
  } 3>&1
}

# stage LENGTH FILE: the data of a request as a file. Behind it is an empty line: only then it has come whole. What is not
# taken whole (a full disk) would be read as requests, and names are an attacker's choice: then the session ends.
stage() {
  end=-
  if { frame "$1" >"$2"; } 2>/dev/null && read -r end && [ -z "$end" ]; then
    beat busy
    return 0
  fi
  rm -f "$2"
  say "done 1 $2 cannot be written (is the file system full or read-only?)"
  exit 1
}

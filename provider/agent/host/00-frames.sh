# The agent: the program that pulumi-chroot runs on a host. It is one POSIX sh program, sent on stdin and gone with
# the connection; nothing is installed. It serves requests, one line each, until its input ends. No path ever becomes
# part of a shell word: names travel as lists that end each name in NUL, and dd cuts them exactly (head -c of BusyBox
# reads too far, sh -s of dash reads ahead).
#
# A reply's records end in NUL and begin with a nonce that only this session knows, so no file name can forge one. The
# nonce is never an argument of a command, as the daemon may read those. The phases are: registry (take its lock),
# enter (walk to the root), look (facts, records, scan); and for a difference: seal the directories that the daemon
# may write in, scan again, repair, scan, relax.
#
# The sender sets NONCE, REGISTRY_HOME, QUARANTINE, STAGING, IDLE, DEEPEST and LONGEST in the lines before this one.
set -uf
umask 077
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
unset CDPATH ENV
NEWLINE='
'
# No registry yet: nothing is below this name.
REGISTRY=/dev/null
ENTERED='' ROOT='' ERROR='' ZONE='' SKIPPED='' DEPTH='' LEVEL=0 PLANNED='' SEALED='' WATCH='' LOCKED='' STAGE='' STAGED='' MADE='' TARGET='' NAME='' OLD=''

# read_data LENGTH: takes exactly this much of the input.
read_data() { dd bs=65536 count="$1" iflag=count_bytes,fullblock 2>/dev/null; }
say() { printf '%s %s\0' "$NONCE" "$*"; }

# send_list NAME COMMAND…: sends the output of a command, in pieces that end in NUL, then its status and its
# complaints. SAID keeps the complaints.
send_list() {
  say list "$1"
  shift
  {
    SAID=$({ "$@" 2>&1 >&3; printf '\n%s %s' "$NONCE" "$?"; })
  } 3>&1
  end_list
}

# send_lines NAME COMMAND…: does the same with each line of the output as a piece.
send_lines() {
  say list "$1"
  shift
  {
    SAID=$({ { "$@"; printf '\n%s %s' "$NONCE" "$?" >&4; } | tr '\n' '\0' >&3; } 4>&1 2>&1)
  } 3>&1
  end_list
}

# end_list: ends a list. A command that was killed before it told its status counts as failed (255): its complaints
# may contain any names.
end_list() {
  status=255
  case $SAID in *"$NEWLINE$NONCE "*) status=${SAID##*"$NONCE "} SAID=${SAID%"$NEWLINE$NONCE "*} ;; esac
  # The output may end without its NUL.
  printf '\0'
  say "listed $status $SAID"
}

# expect_all COMMAND…: fails where the output of a command is not complete: a disk was full, or the command was
# killed. A look at a name that has gone (1, and 123 of xargs) is no failure.
expect_all() {
  {
    ended=$({ { "$@"; printf '%s' "$?" >&4; } | cat >&3; } 4>&1) && [ "${ended:-255}" -le 123 ]
  } 3>&1
}

# receive_file LENGTH FILE: writes a request's data into a file. An empty line behind the data says that they are
# complete. Incompletely read data (a full disk) would be read as requests, and an attacker chooses names: then the
# session ends.
receive_file() {
  end=-
  if { read_data "$1" >"$2"; } 2>/dev/null && read -r end && [ -z "$end" ]; then
    beat busy
    return 0
  fi
  rm -f "$2"
  say "done 1 $2 cannot be written (is the file system full or read-only?)"
  exit 1
}

# unescape_mount PATH: decodes a path of /proc/self/mountinfo into BELOW. The kernel writes a space as \040, which
# printf reads as \0040 (it takes up to three digits after \0).
unescape_mount() {
  BELOW=$1
  case $BELOW in
    *\\*)
      BELOW=$(printf '%s\n' "$BELOW" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')
      BELOW=$(printf '%b.' "$BELOW") && BELOW=${BELOW%.}
      ;;
  esac
}

# path_below_root POINT: turns a mount point of /proc/self/mountinfo into a path below the root, in BELOW; fails for
# others.
path_below_root() {
  unescape_mount "$1"
  case $BELOW in "$ROOT"/*) BELOW=${BELOW#"$ROOT"/} ;; *) return 1 ;; esac
}

# read_mounts [say]: collects the mount points below the root in MOUNTS, in the words of /proc/self/mountinfo, which
# have no blanks: once for all walks of a look. With `say` it tells them, and the mount that the root is on or will be
# on.
read_mounts() {
  MOUNTS='' on='' how='' way=''
  TABLE=$(cat /proc/self/mountinfo)
  IFS=$NEWLINE
  for line in $TABLE; do
    unset IFS
    # The fields are id, parent and device; then the top, the point and the options.
    line=${line#* * * }
    top=${line%% *} line=${line#* }
    point=${line%% *} options=${line#* }
    if path_below_root "$point"; then
      MOUNTS="$MOUNTS $point"
      [ -z "${1-}" ] || { say "mount $BELOW"; say "mounted $top $options"; }
    else
      case $BELOW in
        / | "$ROOT") ;;
        *) case $ROOT in "$BELOW"/*) ;; *) continue ;; esac ;;
      esac
      way=$way//$BELOW//
      # The longest point counts, and of equal ones the last.
      [ "${#BELOW}" -lt "${#on}" ] || on=$BELOW how="$top $options"
    fi
  done
  unset IFS
  [ -z "${1-}" ] || { say "on $how"; say_unmounted; }
}

# mounts_changed [say]: tells whether the mounts below the root differ from those that read_mounts has found. With
# `say` it tells where.
mounts_changed() {
  [ "$(cat /proc/self/mountinfo)" != "$TABLE" ] || return 1
  before=$MOUNTS
  read_mounts
  [ "$MOUNTS" != "$before" ] || return 1
  [ -n "${1-}" ] || return 0
  for point in $before; do case "$MOUNTS " in *" $point "*) ;; *) path_below_root "$point" && say "remounted $BELOW" ;; esac; done
  for point in $MOUNTS; do case "$before " in *" $point "*) ;; *) path_below_root "$point" && say "remounted $BELOW" ;; esac; done
}

# say_unmounted: tells where on the way to the root, or at the root, the host's fstab has a mount that is missing.
say_unmounted() {
  [ -f /etc/fstab ] && [ -r /etc/fstab ] || return 0
  while read -r from point _; do
    case $from in '#'*) continue ;; esac
    ! path_below_root "${point%/}" || continue
    case $ROOT/ in "$BELOW"/*) ;; *) continue ;; esac
    case $way in *"//$BELOW//"*) continue ;; esac
    [ -z "$BELOW" ] || say "unmounted $BELOW"
  done </etc/fstab
}

# A pattern as long as the longest path that find may go below.
TOO_LONG='?'
while [ "${#TOO_LONG}" -lt "$LONGEST" ]; do TOO_LONG=$TOO_LONG$TOO_LONG; done
while [ "${#TOO_LONG}" -gt "$LONGEST" ]; do TOO_LONG=${TOO_LONG#????????}; done

# walk EXPRESSION…: runs find over the zone: the whole jail, or the subtrees of a list. Paths begin with ".//", which
# no name contains. Mount points and everything below them are left out. Only the mount table tells them: -xdev would
# enter a bind mount of the same file system, and would stop at a subvolume, a directory that any user can make. A
# pattern matches only itself when its special characters are quoted. find tells directories that are too deep or have
# too long a path, and does not enter them: the sender reports them as unchecked.
walk() {
  set -- '(' ! -path "$TOO_LONG*" -o -prune ')' "$@"
  # The same holds for a directory that is too large for a look, or moves all the time.
  IFS=$NEWLINE
  for pattern in $SKIPPED; do set -- '(' ! -path ".//$pattern" -o -prune ')' "$@"; done
  unset IFS
  # Only root can use the quarantine while root alone can enter it: find checks that when it gets there.
  set -- -path ".//$QUARANTINE" -type d -user 0 -perm 0700 -prune -o "$@"
  # This session's staging directory is no part of the jail. Its name alone proves nothing: a daemon may have made
  # it.
  [ -z "$MADE" ] || set -- -path ".//$STAGING" -inum "$MADE" -prune -o "$@"
  for point in $MOUNTS; do
    path_below_root "$point"
    pattern=$(printf '%s.' "$BELOW" | sed 's/[][*?\\]/\\&/g')
    set -- -path ".//${pattern%.}" -prune -o "$@"
  done
  set -- -maxdepth "${DEPTH:-$DEEPEST}" "$@"
  if [ -z "$ZONE" ]; then
    find .// "$@"
  else
    # find wants the places before the expression, and xargs gives them behind it.
    cat "$ZONE" | xargs -0 -r sh -c 'n=$1; shift
      while [ "$n" -gt 0 ]; do set -- "$@" "$1"; shift; n=$((n - 1)); done
      exec find "$@"' sh "$#" "$@"
  fi
}

# zone [LENGTH [DEPTH]]: chooses the entries of the next walks.
zone() {
  ZONE='' DEPTH=''
  [ -n "$1" ] || return 0
  receive_file "$1" "$REGISTRY/.zone"
  ZONE=$REGISTRY/.zone DEPTH=$2
}

# skip LENGTH: chooses the entries that the next walks leave out, as patterns of find, a line each. It replaces the
# earlier choice.
skip() { SKIPPED=$(read_data "$1"); }

# look: tells all about a host and a jail that a plan needs.
look() {
  # A change first removes the staged leftovers of an interrupted run; a mere look shows them.
  [ -z "$WATCH" ] || [ -z "$ENTERED" ] || unplace
  if [ -n "$ENTERED" ]; then scan look_beside; else
    [ -z "$ROOT" ] || [ ! -r /proc/self/mountinfo ] || read_mounts say
    look_beside
  fi
  set -- $?
  # A mere look needs the lock no longer, and its client may vanish without a word.
  [ -n "$WATCH" ] || exec 9<&-
  return "$1"
}
# look_beside: tells the facts of a look that need no walk.
look_beside() { say_facts; records; nested; say known; }

# scan: tells every entry, with its ACL and its capabilities where the host has tools for them. All tools run at the
# same time, and each one's list is sent when the list before it has ended. A tool that dies leaves its list out.
scan() {
  [ -n "$ENTERED" ] || return 0
  beat busy
  [ -r /proc/self/mountinfo ] || { [ -z "${1-}" ] || "$1"; ERROR='/proc/self/mountinfo cannot be read: the mounts below the root are unknown'; return 1; }
  read_mounts say
  { [ -z "${1-}" ] || "$1"; extras getcap; } | { extras getfacl | { trap "$GONE_AWAY" PIPE; entries; cat; }; cat; }
  # The walk may have entered something that was mounted meanwhile.
  mounts_changed say || :
}

# A client that gets too much drops the line. Then all tools end: they would hold the lock until they have seen
# everything.
GONE_AWAY='trap "" TERM; kill -TERM 0; exit 129'

# entries: tells the metadata of each entry. BusyBox's find prints none: there stat does, and ".//" marks a record.
entries() {
  send_list entries walk -printf '%y %m %U %G %n %D:%i %s %p\0%l\0'
  # find's own words come first in its complaint, so no name can forge this one.
  case $SAID in 'find: unrecognized: -printf'*) send_lines stats walk -exec stat -c '%f %u %g %h %d:%i %s %n' '{}' + ;; esac
}

# extras TOOL: sends a tool's output on each entry; nothing where the host lacks the tool, as the facts say.
extras() {
  command -v "$1" >/dev/null || { say without "$1"; return; }
  send_lines "$1" "all_$1"
  # Before libcap 2.27 getcap knows no user namespaces.
  case $1:$SAID in 'getcap:getcap: '*) send_lines plain_getcap all_getcap plain ;; esac
}

# Links have no ACLs.
all_getfacl() { walk ! -type l -print0 | xargs -0 -r getfacl -PpsnE --; }
all_getcap() {
  if [ -z "${1-}" ]; then set -- -n; else set --; fi
  walk -type f -print0 | xargs -0 -r getcap "$@"
}

# programs LENGTH: tells which of these files are ELF or begin with "#!". A file system may not answer, so the look
# has a time limit; the rest of the list then must not be read as requests.
programs() {
  [ -n "$ENTERED" ] || { read_data "$1" >/dev/null; return 0; }
  read_data "$1" | {
    NONCE=$NONCE timeout 3 xargs -0 -r sh -c 'for path; do
        [ -f "$path" ] && [ ! -L "$path" ] || continue
        case $(od -An -tx1 -N4 <"$path" 2>/dev/null | tr -d " \n") in
          7f454c46 | 2321*) printf "%s program %s\0" "$NONCE" "$path" ;;
        esac
      done' sh
    cat >/dev/null
  }
}

# below POINT: a mount point as /proc/self/mountinfo writes it, as a path below the root in BELOW. It writes a space as
# \040, which printf reads as \0040 (it takes up to three digits after \0).
below() {
  BELOW=$1
  case $BELOW in
    *\\*)
      BELOW=$(printf '%s\n' "$BELOW" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')
      BELOW=$(printf '%b.' "$BELOW") && BELOW=${BELOW%.}
      ;;
  esac
  case $BELOW in "$ROOT"/*) BELOW=${BELOW#"$ROOT"/} ;; *) return 1 ;; esac
}

# mounted [say]: what is mounted below the root, in MOUNTS, as /proc/self/mountinfo writes it, which has no blanks in it. A shell
# reads each byte by itself: once for all walks of a look. It can say that, and what the root itself is on, or the place where it
# will be.
mounted() {
  MOUNTS='' on='' how='' way=''
  while read -r _ _ _ top point options; do
    if below "$point"; then
      MOUNTS="$MOUNTS $point"
      [ -z "${1-}" ] || { say "mount $BELOW"; say "mounted $top $options"; }
    else
      case $BELOW in
        / | "$ROOT") ;;
        *) case $ROOT in "$BELOW"/*) ;; *) continue ;; esac ;;
      esac
      way=$way//$BELOW//
      # The longest one, and of equal ones the last, is what is seen.
      [ "${#BELOW}" -lt "${#on}" ] || on=$BELOW how="$top $options"
    fi
  done </proc/self/mountinfo
  [ -z "${1-}" ] || { say "on $how"; unmounted; }
}

# unmounted: says where on the way to the root, or at it, the host's fstab mounts something, and nothing is.
unmounted() {
  [ -r /etc/fstab ] || return 0
  while read -r from point _; do
    case $from in '#'*) continue ;; esac
    ! below "${point%/}" || continue
    case $ROOT/ in "$BELOW"/*) ;; *) continue ;; esac
    case $way in *"//$BELOW//"*) continue ;; esac
    [ -z "$BELOW" ] || say "unmounted $BELOW"
  done </etc/fstab
}

# walk DEPTH EXPRESSION…: find over the zone (the whole jail, or the subtrees of a list). Paths begin with ".//", which no name
# can have in it. What mounted has found is left out, with what is below: -xdev alone walks into a bind mount of the same file
# system; a pattern matches only itself when its special characters are quoted.
walk() {
  depth=$1
  shift
  # Our own quarantine is nobody else's business; a directory of that name that is not root's alone is as any other.
  if [ -d "./$QUARANTINE" ] && [ "$(stat -c '%F:%u:%a' "./$QUARANTINE")" = directory:0:700 ]; then
    set -- -path ".//$QUARANTINE" -prune -o "$@"
  fi
  # What is being made is no part of the jail, unless others than root can give a directory that name.
  if [ -d "./$STAGING" ] && cold "$(stat -c %u:%a .)"; then
    set -- -path ".//$STAGING" -prune -o "$@"
  fi
  for point in $MOUNTS; do
    below "$point"
    pattern=$(printf '%s.' "$BELOW" | sed 's/[][*?\\]/\\&/g')
    set -- -path ".//${pattern%.}" -prune -o "$@"
  done
  set -- -xdev "$@"
  [ -z "$depth" ] || set -- -maxdepth "$depth" "$@"
  if [ -z "$ZONE" ]; then
    find .// "$@"
  else
    # find wants the places before the expression, and xargs gives them behind it.
    cat "$ZONE" | xargs -0 -r sh -c 'n=$1; shift
      while [ "$n" -gt 0 ]; do set -- "$@" "$1"; shift; n=$((n - 1)); done
      exec find "$@"' sh "$#" "$@"
  fi
}

# zone [LENGTH [DEPTH]]: what the walks to come are about.
zone() {
  ZONE='' DEPTH=''
  [ -n "$1" ] || return 0
  stage "$1" "$REGISTRY/.zone"
  ZONE=$REGISTRY/.zone DEPTH=$2
}

# look: all that is known of a host and a jail before anything is done.
look() {
  if [ -n "$ENTERED" ]; then scan beside; else
    [ -z "$ROOT" ] || [ ! -r /proc/self/mountinfo ] || mounted say
    beside
  fi
  set -- $?
  # Whoever only looks needs the lock no longer, and may be gone without a word.
  [ -n "$WATCH" ] || exec 9<&-
  return "$1"
}
beside() { facts; records; nested; say known; }

# scan: every entry, with its ACL and its capabilities where there are tools for them. All tools look at the same time, and
# what each has found is sent when the one before it has ended. A part that dies is one that nothing is said of.
scan() {
  [ -n "$ENTERED" ] || return 0
  beat busy
  [ -r /proc/self/mountinfo ] || { [ -z "${1-}" ] || "$1"; ERROR='/proc/self/mountinfo cannot be read: nobody knows what is mounted below'; return 1; }
mounted say
  { [ -z "${1-}" ] || "$1"; extras getcap; } | { extras getfacl | { entries; cat; }; cat; }
}

# entries: BusyBox's find prints no metadata: there stat does, and a record is known by its ".//".
entries() {
  told entries walk "$DEPTH" -printf '%y %m %U %G %n %D:%i %s %p\0%l\0'
  # No name can come first in what find says.
  case $SAID in 'find: unrecognized: -printf'*) lines stats walk "$DEPTH" -exec stat -c '%f %u %g %h %d:%i %s %n' '{}' + ;; esac
}

# extras TOOL: what a tool tells of each entry; nothing where there is no such tool, as the facts say.
extras() { if command -v "$1" >/dev/null; then lines "$1" "all_$1"; else say without "$1"; fi; }

# Names as deep as no jail has them are left out: xargs takes no longer ones, and scan has told of them.
all_getfacl() { walk "${DEPTH:-100}" '(' -type f -o -type d ')' -print0 | xargs -0 -r getfacl -PpsnE --; }
all_getcap() { walk "${DEPTH:-100}" -type f -print0 | xargs -0 -r getcap; }

# programs LENGTH: which of these files are ELF or begin with "#!". Only a look: a file system may not answer, so it is given
# a time; what is left of the list then must not be read as requests.
programs() {
  [ -n "$ENTERED" ] || { frame "$1" >/dev/null; return 0; }
  frame "$1" | {
    NONCE=$NONCE timeout 3 xargs -0 -r sh -c 'for path; do
        [ -f "$path" ] && [ ! -L "$path" ] || continue
        case $(od -An -tx1 -N4 <"$path" 2>/dev/null | tr -d " \n") in
          7f454c46 | 2321*) printf "%s program %s\0" "$NONCE" "$path" ;;
        esac
      done' sh
    cat >/dev/null
  }
}

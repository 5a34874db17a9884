# The agent: what pulumi-chroot runs on a host. One POSIX sh program, sent on stdin and gone with the connection; nothing
# is installed. It serves requests, a line each, until its input ends. No path ever becomes part of a shell word: names
# travel as NUL-terminated lists, cut exactly by dd (head -c of BusyBox reads too far, sh -s of dash reads ahead).
#
# Replies end in NUL and begin with a nonce that only this session knows, so no file name can forge one. The phases are
# enter (walk to the root), facts, registry (with its lock), scan - and, where something differs, apply and scan again.
#
# The sender sets NONCE, REGISTRY_HOME and QUARANTINE in the lines before this one.
set -uf
umask 077
PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
export PATH LC_ALL
unset CDPATH ENV
ENTERED='' REGISTRY='' ERROR=''

# frame LENGTH: exactly that much of the input.
frame() { dd bs=65536 count="$1" iflag=count_bytes,fullblock 2>/dev/null; }
say() { printf '%s %s\0' "$NONCE" "$*"; }

# stage LENGTH FILE: the data of a request as a file. What is not taken whole (a full disk) would be read as requests, and
# names are an attacker's choice: then the session ends.
stage() {
  { frame "$1" >"$2"; } 2>/dev/null
  [ "$(stat -c %s "$2" 2>/dev/null)" = "$1" ] && return 0
  rm -f "$2"
  say "done 1 $2 cannot be written (is the file system full or read-only?)"
  exit 1
}

# A directory is cold when only root can rename or replace what is in it. All directories above a root have to be.
cold() {
  case $(stat -c '%u:%a' .) in
    0:*[2367]? | 0:*[2367]) return 1 ;;
    0:*) return 0 ;;
    *) return 1 ;;
  esac
}

# enter LENGTH [make]: go to the root, component by component, refusing whatever an attacker could redirect.
enter() {
  ENTERED=''
  ROOT=$(frame "$1" && printf .) && ROOT=${ROOT%.} && [ "${#ROOT}" -eq "$1" ] && cd / || return 1
  rest=${ROOT#/} at=
  while [ -n "$rest" ]; do
    name=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
    cold || { say "unsafe ${at:-/} $(stat -c '%U:%G %a' .)"; return 1; }
    at=$at/$name
    if [ ! -e "./$name" ] && [ ! -L "./$name" ]; then
      [ "$2" = make ] || { say "absent $at"; return 0; }
      # Parents as mkdir -p makes them; the root itself stays closed until its declared owner and mode are set.
      if [ -n "$rest" ]; then mode=0755; else mode=0700; fi
      ERROR=$(mkdir -m "$mode" "./$name" 2>&1) || return 1
    fi
    seen=$(stat -c '%F:%d:%i' "./$name") || return 1
    case $seen in directory:*) ;; *) say "nodir ${seen%%:*} $at"; return 1 ;; esac
    # Equal only when nobody has swapped the name between the stat and the cd.
    cd -P "./$name" && [ "$seen" = "$(stat -c '%F:%d:%i' .)" ] || { ERROR="$at changed while it was entered"; return 1; }
  done
  ENTERED=1
}

facts() {
  say "uid $(id -u)"
  say "machine $(cat /etc/machine-id 2>/dev/null)"
  command -v flock >/dev/null || say 'gap flock'
  say "passwd $(cut -d: -f1,3 /etc/passwd)"
  say "group $(cut -d: -f1,3 /etc/group)"
}

# names DATABASE LENGTH: names, one a line, that are not in the host's files but may be in a directory service.
names() {
  frame "$2" | while read -r name; do
    line=$(getent "$1" "$name" 2>/dev/null) && say "$1 $name:$(printf '%s\n' "$line" | cut -d: -f3)"
  done
  return 0
}

# registry NAME -s|-x WAIT: lock it, shared for a look and exclusive for a change, then send the records. They count
# only where nobody but root could have written them. A change makes it where there is none.
registry() {
  REGISTRY=$REGISTRY_HOME/$1
  if [ "$2" = -x ]; then
    [ "$(id -u)" -eq 0 ] || { ERROR='only root may change the registry: connect as root'; return 1; }
    ERROR=$(mkdir -p "$REGISTRY" 2>&1) || return 1
  fi
  [ -d "$REGISTRY" ] || return 0
  for dir in "$REGISTRY_HOME" "$REGISTRY"; do
    [ ! -L "$dir" ] && [ "$(stat -c '%u:%a' "$dir")" = 0:700 ] || {
      ERROR="$dir is $(stat -c '%U:%G %a' "$dir"), not root's 0700"
      return 1
    }
  done
  lock "$2" "$3" || return 1
  [ "$2" = -s ] || rm -f "$REGISTRY/.list" "$REGISTRY/.new"
  set +f
  for file in "$REGISTRY"/*.json; do
    [ ! -f "$file" ] || say "record ${file##*/} $(cat "$file")"
  done
  set -f
}

# lock -s|-x WAIT: until this process ends. The directory that we waited for may have gone with the last record in it.
lock() {
  command -v flock >/dev/null || return 0
  for _ in 1 2 3 4 5; do
    command exec 9<"$REGISTRY" || return 1
    flock "$1" -w "$2" 9 || { say busy; return 1; }
    [ "$(stat -L -c %d:%i /proc/self/fd/9)" = "$(stat -c %d:%i "$REGISTRY" 2>/dev/null)" ] && return 0
    [ "$1" = -x ] || return 0
    mkdir -p "$REGISTRY" || return 1
  done
  say busy
  return 1
}

# Mount points below the root are left out, with what is below them: -xdev alone walks into a bind mount of the same
# file system. mountinfo writes a space as \040, which printf reads as \0040 (it takes up to three digits after \0); a
# pattern matches only itself when its special characters are quoted.
scan() {
  [ -n "$ENTERED" ] || return 0
  [ -r /proc/self/mountinfo ] || { ERROR='/proc/self/mountinfo cannot be read: nobody knows what is mounted below'; return 1; }
  set --
  # Our own quarantine is nobody else's business; a directory of that name that is not root's alone is as any other.
  case $(stat -c '%F:%u:%a' "./$QUARANTINE" 2>/dev/null) in
    directory:0:700) set -- -path "./$QUARANTINE" -prune -o ;;
  esac
  while read -r _ _ _ _ point _; do
    case $point in
      *\\*)
        point=$(printf '%s\n' "$point" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')
        point=$(printf '%b.' "$point") && point=${point%.}
        ;;
    esac
    case $point in "$ROOT"/*) ;; *) continue ;; esac
    point=${point#"$ROOT"/}
    say "mount $point"
    pattern=$(printf '%s.' "$point" | sed 's/[][*?\\]/\\&/g')
    set -- "$@" -path "./${pattern%.}" -prune -o
  done </proc/self/mountinfo
  say scan
  {
    ERROR=$({
      find . -xdev "$@" -printf '%y %m %U %G %n %D:%i %P\0%l\0'
    } 2>&1 1>&3)
    status=$?
  } 3>&1
  say scanned
  return $status
}

# over LENGTH COMMAND…: one command over a list of paths that begin with "./". The list is used only when it is whole: a
# cut line must not turn ./etc/named.conf into ./etc.
over() {
  stage "$1" "$REGISTRY/.list"
  shift
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  ERROR=$(xargs -0 -r "$@" <"$REGISTRY/.list" 2>&1)
}

# Move what stands in the way of a declared directory out of the daemon's reach; nothing of it is lost.
quarantine() {
  stage "$1" "$REGISTRY/.list"
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  [ -e "./$QUARANTINE" ] || [ -L "./$QUARANTINE" ] || mkdir -m 0700 "./$QUARANTINE" || return 1
  case $(stat -c '%F:%u:%a' "./$QUARANTINE") in
    directory:0:700) ;;
    *) ERROR="$QUARANTINE in the jail is not root's directory with mode 0700"; return 1 ;;
  esac
  ERROR=$(xargs -0 -r sh -c 'n=0
    for path; do
      while [ -e "$0-$n" ] || [ -L "$0-$n" ]; do n=$((n + 1)); done
      mv -fT -- "$path" "$0-$n" || exit 1
    done' "./$QUARANTINE/$(date +%Y%m%dT%H%M%S)" <"$REGISTRY/.list" 2>&1)
}

# put TOKEN LENGTH: one record, whole or not at all.
put() {
  stage "$2" "$REGISTRY/.new"
  sync "$REGISTRY/.new" 2>/dev/null
  ERROR=$(mv -fT "$REGISTRY/.new" "$REGISTRY/$1.json" 2>&1)
}

# drop TOKEN: a record that may have gone already.
drop() {
  ERROR=$(rm -f "$REGISTRY/$1.json" 2>&1)
}

# tidy: what a change has staged, and the registry of a root that nobody declares any more.
tidy() {
  rm -f "$REGISTRY/.list"
  rmdir "$REGISTRY" 2>/dev/null
  return 0
}

say hello
while read -r request a b c; do
  ERROR=''
  case $request in
    enter) enter "$a" "$b" ;;
    facts) facts ;;
    names) names "$a" "$b" ;;
    registry) registry "$a" "$b" "$c" ;;
    scan) scan ;;
    mkdir) over "$a" mkdir -m 0700 -- ;;
    chown) over "$a" chown -h "$b" -- ;;
    chmod) over "$a" chmod "$b" -- ;;
    quarantine) quarantine "$a" ;;
    put) put "$a" "$b" ;;
    drop) drop "$a" ;;
    tidy) tidy ;;
    *) false ;;
  esac
  say "done $? $ERROR"
done

# only_root_writes UID:MODE: tells whether a directory is cold: only root can rename or replace its entries. All
# directories above a root have to be cold.
only_root_writes() { only_user_writes 0 "$1"; }

# only_user_writes UID UID:MODE: tells whether only this user, and root, can rename or replace the entries of such a
# directory.
only_user_writes() {
  case $2 in
    "$1":*[2367]? | "$1":*[2367]) return 1 ;;
    "$1":*) return 0 ;;
    *) return 1 ;;
  esac
}

# is_entry_kept UID:MODE UID: tells whether only root can rename or replace an entry of this owner in such a
# directory: either only root writes there, or directory and entry are root's and the directory has the sticky bit
# (unlink(2), rename(2)). No owner means no entry, which every user who writes there could make.
is_entry_kept() {
  only_root_writes "$1" || case $1:${2-} in 0:[1357]???:0) ;; *) return 1 ;; esac
}

# enter LENGTH [make]: goes to the root on the next line, and refuses every step that an attacker could redirect.
enter() {
  ENTERED='' SEEN=''
  # A cut line names another directory.
  IFS= read -r ROOT && [ "${#ROOT}" -eq "$1" ] || return 1
  check_components "$2" || return
  [ -n "$SEEN" ] || return 0
  # The path has to be its own name, with no link in it.
  cd -P "$ROOT" && [ "$PWD" = "$ROOT" ] || { ERROR="$ROOT changed while it was entered"; return 1; }
  ENTERED=1
}

# check_components [make]: looks at all directories from / to the root, in this order: once one of them keeps the
# next, only root can put another one in its place. SEEN is empty where there is no root.
check_components() {
  set -- "$1" /
  at='' rest=${ROOT#/}
  while [ -n "$rest" ]; do
    at=$at/${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
    set -- "$@" "$at"
  done
  make=$1
  shift
  seen=$(stat -c '%u:%a:%F' "$@" 2>/dev/null)
  up=0:755
  for at; do
    here=${seen%%"$NEWLINE"*}
    case $seen in *"$NEWLINE"*) seen=${seen#*"$NEWLINE"} ;; *) seen='' ;; esac
    if [ -z "$here" ]; then
      # A directory that root makes there is root's.
      is_entry_kept "$up" 0 || { say "unsafe $above $(stat -c '%U:%G %a' "$above")"; return 1; }
      [ "$make" = make ] || { say "absent $at"; return 0; }
      # Parents as mkdir -p makes them; the root itself stays closed until its declared owner and mode are set.
      if [ "$at" = "$ROOT" ]; then mode=0700; else mode=0755; fi
      # The agent of another jail may have made this parent meanwhile. It has to be cold like any other.
      ERROR=$(mkdir -m "$mode" "$at" 2>&1) || { [ "$at" != "$ROOT" ] && [ -d "$at" ] && ERROR=''; } || return 1
      here=$(stat -c '%u:%a:%F' "$at")
    fi
    is_entry_kept "$up" "${here%%:*}" || { say "unsafe $above $(stat -c '%U:%G %a' "$above")"; return 1; }
    type=${here#*:*:}
    [ "$type" = directory ] || { say "nodir $type $at"; return 1; }
    up=${here%:*} above=$at
  done
  SEEN=$here
}

# unsafe_above PATH: prints the first directory above the path that is no directory, or in which users other than root can
# replace the way to the path or the path itself.
unsafe_above() {
  path=$1 dir=${1%/*} at=''
  set -- /
  while [ -n "$dir" ]; do
    dir=${dir#/}
    at=$at/${dir%%/*}
    case $dir in */*) dir=/${dir#*/} ;; *) dir='' ;; esac
    set -- "$@" "$at"
  done
  set -- "$@" "$path"
  seen=$(stat -c '%u:%a:%F' -- "$@" 2>/dev/null)
  up=0:755
  for at; do
    here=${seen%%"$NEWLINE"*}
    case $seen in *"$NEWLINE"*) seen=${seen#*"$NEWLINE"} ;; *) seen='' ;; esac
    is_entry_kept "$up" "${here%%:*}" || { printf 'open %s %s' "$(stat -c '%U:%G:%a' -- "$above")" "$above"; return; }
    [ "$at" != "$path" ] || return 0
    case $here in
      '') printf 'absent - %s' "$at" ;;
      *:directory) up=${here%:*} above=$at; continue ;;
      *) printf 'nodir - %s' "$at" ;;
    esac
    return
  done
}

# say_facts: tells the host's facts: its users and groups, and the tools that it lacks.
say_facts() {
  say "uid $(id -u)"
  machine=''
  [ ! -r /etc/machine-id ] || read -r machine </etc/machine-id
  say "machine $machine"
  if read -r kernel </proc/sys/kernel/osrelease; then say "kernel $kernel"; fi
  [ ! -d /run/systemd/system ] || say 'boot systemd'
  for tool in flock getfacl setfacl getcap setcap; do
    command -v "$tool" >/dev/null || say "gap $tool"
  done
  # With 0 every user may make a hard link to a file of another user.
  if read -r links </proc/sys/fs/protected_hardlinks && [ "$links" = 0 ]; then say 'gap protected_hardlinks'; fi
  # Without -s cut would send a line without fields whole, however long it is.
  send_list passwd cut -s -d: -f1,3,4 /etc/passwd
  send_list group cut -s -d: -f1,3 /etc/group
}

# names DATABASE LENGTH: looks names up, one a line, that the host's files lack and a directory service may have. Once
# the service does not answer, the rest of the list is skipped.
names() {
  command -v getent >/dev/null || { read_data "$2" >/dev/null; return 0; }
  case $1 in passwd) fields=3,4 ;; *) fields=3 ;; esac
  read_data "$2" | {
    while read -r name; do
      line=$(timeout 5 getent "$1" "$name" 2>/dev/null)
      case $? in
        0) say "$1 $name:$(printf '%s\n' "$line" | cut -d: -f"$fields")" ;;
        124 | 137 | 143) say "unanswered $name"; break ;;
      esac
    done
    cat >/dev/null
  }
  return 0
}

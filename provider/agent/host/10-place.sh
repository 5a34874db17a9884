# cold UID:MODE: a directory is cold when only root can rename or replace what is in it. All above a root have to be.
cold() { alone 0 "$1"; }

# alone UID UID:MODE: only this user, and root, can rename or replace what is in such a directory.
alone() {
  case $2 in
    "$1":*[2367]? | "$1":*[2367]) return 1 ;;
    "$1":*) return 0 ;;
    *) return 1 ;;
  esac
}

# enter LENGTH [make]: go to the root, which is on the next line, refusing whatever an attacker could redirect.
enter() {
  ENTERED='' SEEN=''
  # A line that was cut names another directory.
  IFS= read -r ROOT && [ "${#ROOT}" -eq "$1" ] || return 1
  components "$2" || return
  [ -n "$SEEN" ] || return 0
  # By its own name, with no link on the way.
  cd -P "$ROOT" && [ "$PWD" = "$ROOT" ] || { ERROR="$ROOT changed while it was entered"; return 1; }
  ENTERED=1
}

# components [make]: looks at all directories from / to the root, in this order: once one is known to be cold, only root can
# put another one in place of the next. SEEN is empty where there is no root.
components() {
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
  for at; do
    here=${seen%%"$NEWLINE"*}
    case $seen in *"$NEWLINE"*) seen=${seen#*"$NEWLINE"} ;; *) seen='' ;; esac
    if [ -z "$here" ]; then
      [ "$make" = make ] || { say "absent $at"; return 0; }
      # Parents as mkdir -p makes them; the root itself stays closed until its declared owner and mode are set.
      if [ "$at" = "$ROOT" ]; then mode=0700; else mode=0755; fi
      # The agent of another jail may have made this parent meanwhile; like any other, it has to be cold.
      ERROR=$(mkdir -m "$mode" "$at" 2>&1) || { [ "$at" != "$ROOT" ] && [ -d "$at" ] && ERROR=''; } || return 1
      here=$(stat -c '%u:%a:%F' "$at")
    fi
    type=${here#*:*:}
    [ "$type" = directory ] || { say "nodir $type $at"; return 1; }
    [ "$at" = "$ROOT" ] || cold "${here%:*}" || { say "unsafe $at $(stat -c '%U:%G %a' "$at")"; return 1; }
  done
  SEEN=$here
}

# unsafe_above PATH: the first directory above it that is none, or in which others than root may write.
unsafe_above() {
  dir=${1%/*} at=''
  set -- /
  while [ -n "$dir" ]; do
    dir=${dir#/}
    at=$at/${dir%%/*}
    case $dir in */*) dir=/${dir#*/} ;; *) dir='' ;; esac
    set -- "$@" "$at"
  done
  seen=$(stat -c '%u:%a:%F' -- "$@" 2>/dev/null)
  for at; do
    here=${seen%%"$NEWLINE"*}
    case $seen in *"$NEWLINE"*) seen=${seen#*"$NEWLINE"} ;; *) seen='' ;; esac
    case $here in
      '') printf 'absent - %s' "$at" ;;
      *:directory) cold "${here%:*}" && continue; printf 'open %s %s' "$(stat -c '%U:%G:%a' -- "$at")" "$at" ;;
      *) printf 'nodir - %s' "$at" ;;
    esac
    return
  done
}

facts() {
  say "uid $(id -u)"
  machine=''
  [ ! -r /etc/machine-id ] || read -r machine </etc/machine-id
  say "machine $machine"
  [ ! -d /run/systemd/system ] || say 'boot systemd'
  for tool in flock getfacl setfacl getcap setcap; do
    command -v "$tool" >/dev/null || say "gap $tool"
  done
  # Where it is 0 everybody may give a file of somebody else's a second name.
  if read -r links </proc/sys/fs/protected_hardlinks && [ "$links" = 0 ]; then say 'gap protected_hardlinks'; fi
  # Without -s a line that has no field would be sent whole, however long it is.
  told passwd cut -s -d: -f1,3,4 /etc/passwd
  told group cut -s -d: -f1,3 /etc/group
}

# names DATABASE LENGTH: names, one a line, that are not in the host's files but may be in a directory service.
names() {
  command -v getent >/dev/null || { frame "$2" >/dev/null; return 0; }
  case $1 in passwd) fields=3,4 ;; *) fields=3 ;; esac
  frame "$2" | while read -r name; do
    line=$(getent "$1" "$name" 2>/dev/null) && say "$1 $name:$(printf '%s\n' "$line" | cut -d: -f"$fields")"
  done
  return 0
}

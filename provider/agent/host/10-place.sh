# cold UID:MODE: a directory is cold when only root can rename or replace what is in it. All above a root have to be.
cold() {
  case $1 in
    0:*[2367]? | 0:*[2367]) return 1 ;;
    0:*) return 0 ;;
    *) return 1 ;;
  esac
}

# enter LENGTH [make]: go to the root, component by component, refusing whatever an attacker could redirect. Each look is at
# a directory and at the next one in it: what is entered has to be what was seen from above.
enter() {
  ENTERED=''
  ROOT=$(frame "$1" && printf .) && ROOT=${ROOT%.} && [ "${#ROOT}" -eq "$1" ] && cd / || return 1
  rest=${ROOT#/} at='' seen=''
  while [ -n "$rest" ]; do
    name=${rest%%/*}
    case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
    step "$2" || return
    [ -n "$seen" ] || return 0
  done
  [ "$(stat -c '%u:%a:%F:%d:%i' .)" = "$seen" ] || { ERROR="$at changed while it was entered"; return 1; }
  ENTERED=1
}

# step [make]: into the next component; SEEN is empty where there is none.
step() {
  both=$(stat -c '%u:%a:%F:%d:%i' . "./$name" 2>/dev/null)
  here=${both%%"$NEWLINE"*}
  [ -z "$seen" ] || [ "$here" = "$seen" ] || { ERROR="$at changed while it was entered"; return 1; }
  cold "${here%:*:*:*}" || { say "unsafe ${at:-/} $(stat -c '%U:%G %a' .)"; return 1; }
  at=$at/$name
  if [ "$here" = "$both" ]; then
    seen=''
    [ "$1" = make ] || { say "absent $at"; return 0; }
    # Parents as mkdir -p makes them; the root itself stays closed until its declared owner and mode are set.
    if [ -n "$rest" ]; then mode=0755; else mode=0700; fi
    ERROR=$(mkdir -m "$mode" "./$name" 2>&1) || return 1
    both=$here$NEWLINE$(stat -c '%u:%a:%F:%d:%i' "./$name")
  fi
  seen=${both#*"$NEWLINE"}
  type=${seen#*:*:} type=${type%%:*}
  [ "$type" = directory ] || { say "nodir $type $at"; return 1; }
  cd -P "./$name" || { ERROR="$at changed while it was entered"; return 1; }
}

facts() {
  say "uid $ME"
  machine=''
  [ ! -r /etc/machine-id ] || read -r machine </etc/machine-id
  say "machine $machine"
  for tool in flock getfacl setfacl getcap setcap; do
    command -v "$tool" >/dev/null || say "gap $tool"
  done
  # Where it is 0 everybody may give a file of somebody else's a second name.
  if read -r links </proc/sys/fs/protected_hardlinks && [ "$links" = 0 ]; then say 'gap protected_hardlinks'; fi
  say "passwd $(cut -d: -f1,3 /etc/passwd)"
  say "group $(cut -d: -f1,3 /etc/group)"
}

# names DATABASE LENGTH: names, one a line, that are not in the host's files but may be in a directory service.
names() {
  command -v getent >/dev/null || { frame "$2" >/dev/null; return 0; }
  frame "$2" | while read -r name; do
    line=$(getent "$1" "$name" 2>/dev/null) && say "$1 $name:$(printf '%s\n' "$line" | cut -d: -f3)"
  done
  return 0
}

# Tells whether this session sees all processes. Root in a container, or under a security module, may not look at some
# of them: then their activity is unknown, and each look that depends on it names the process, the missing right and
# the remedy.

# A program for a shell of its own. `unknown` says why, and ends that shell.
SIGHT='exec 3>&1
unknown() { printf "unknown %s\n" "$1" >&3; exit 0; }
caps=""
while read -r field value; do [ "$field" != CapEff: ] || caps=${value%????}; done </proc/self/status
case $caps in
  *[89a-f]) missing="" rights="see which security module refuses it, or reach the jail through the host that runs this container" ;;
  *) missing=" without CAP_SYS_PTRACE" rights="give the login CAP_SYS_PTRACE, or reach the jail through the host that runs this container" ;;
esac

# shows_all: checks that /proc shows all processes to this one.
shows_all() {
  [ -d /proc/1 ] || unknown "/proc does not show process 1 (is it mounted, with hidepid?): $rights"
  options=""
  while read -r _ _ _ _ point rest; do [ "$point" != /proc ] || options=${rest##* }; done </proc/self/mountinfo
  case $missing:$options in
    :*) ;;
    *hidepid=*) unknown "/proc hides processes ($options) from processes without CAP_SYS_PTRACE: $rights" ;;
  esac
}

# readable LINK…: checks roots of tasks that lead nowhere. The links of an ended process lead nowhere, too.
readable() {
  who=$(stat -L -c . "$@" 2>&1 >/dev/null | grep -v "No such " | head -n 1)
  case $who in
    "") ;;
    */proc/*denied | */proc/*permitted) denied "${who#*/proc/}" ;;
    *) unknown "a process cannot be looked at: $who" ;;
  esac
}
denied() {
  name=""
  { read -r _ name <"/proc/${1%%/*}/status"; } 2>/dev/null
  unknown "process ${1%%/*} ($name) cannot be looked at$missing: $rights"
}'

# unseen [LINK…]: prints why not all processes are seen: /proc hides some, or these links (roots of tasks) may not be
# followed. It prints nothing where all are seen.
unseen() {
  why=$(sh -c "$SIGHT"'
    shows_all
    [ $# -eq 0 ] || readable "$@"' sh "$@" 2>/dev/null)
  why=${why#unknown }
  [ -z "$why" ] || printf '%s\n' "$why"
}

# fork and execve hand on more than descriptors and credentials. A privilege that the daemon could not get for itself
# ends here; a mere limit, such as a cgroup or a set of processors, is for the starter to choose.
inherited_state() {
  BEFORE=''
  keyring
  signals
  personality
  scheduling
  memory
}

# keyring: makes a new session keyring, in place of the one with the starter's keys.
keyring() {
  [ -e /proc/keys ] || return 0
  maker=$(tool keyctl) || maker=$(tool e4crypt) || return 0
  ! "$maker" new_session >/dev/null 2>&1 || return 0
  said=$("$maker" new_session 2>&1)
  # A filter that keeps the call from this shell keeps it from the daemon, too.
  case $said in *'not implemented'*) return 0 ;; esac
  filter=$(status_of Seccomp)
  case $filter:$said in 2:*'not permitted'*) return 0 ;; esac
  refuse "it would have the session keyring of root: $said"
}

# status_of FIELD: prints what /proc says of this shell.
status_of() {
  while read -r field value; do
    [ "$field" != "$1:" ] || printf '%s\n' "$value"
  done <"/proc/$$/status"
}

# signals: has none ignored and none blocked. Only env can undo that, of GNU coreutils 8.31 or later.
signals() {
  ENV_TOOL=$(tool env) SIGNALS=''
  ! "$ENV_TOOL" --default-signal "$(tool true)" 2>/dev/null || { SIGNALS=--default-signal; return 0; }
  case $(status_of SigIgn)$(status_of SigBlk) in
    *[!0]*) refuse 'signals are ignored or blocked (nohup, &), and the env of this host cannot undo that: start it without' ;;
  esac
}

# personality: drops the flags that take random addresses away, or let data be run.
personality() {
  { read -r flags <"/proc/$$/personality"; } 2>/dev/null || return 0
  case $flags in 000000??) return 0 ;; esac
  arch=$(tool setarch) || refuse "it has the personality $flags, and the host has no setarch that ends that"
  BEFORE="$BEFORE $arch $(uname -m)"
}

# scheduling: drops real-time classes, priorities above the usual one, for processors and disks, and protection from
# the end by lack of memory.
scheduling() {
  IFS= read -r stat <"/proc/$$/stat" || refuse '/proc cannot be read, which tells the priority'
  set -- ${stat##*) }
  nice=${17} policy=${39}
  case $policy in
    0 | 3 | 5) ;;
    *) chrt=$(tool chrt) || refuse 'it runs in a real-time class, and the host has no chrt that ends that'; BEFORE="$BEFORE $chrt --other 0" ;;
  esac
  [ "$nice" -ge 0 ] || BEFORE="$BEFORE $(tool nice) -n ${nice#-}"
  if disk=$(tool ionice) && case $("$disk" 2>/dev/null) in realtime*) ;; *) false ;; esac; then BEFORE="$BEFORE $disk -c 0"; fi
  read -r score <"/proc/$$/oom_score_adj" || return 0
  least=$score
  [ "$score" -ge 0 ] || least=0
  { echo "$least" >"/proc/$$/oom_score_adj"; } 2>/dev/null || [ "$score" -ge 0 ] || refuse "its oom_score_adj stays $score"
}

# memory: limits the memory that the daemon may lock, in LOCKED, to the kernel's limit for every user.
memory() {
  LOCKED=''
  while read -r _ what unit soft hard _; do
    case $what-$unit:$hard in
      locked-memory:unlimited) LOCKED=--memlock=8388608:8388608 ;;
      locked-memory:*) [ "$hard" -le 8388608 ] || LOCKED=--memlock=8388608:8388608 ;;
    esac
  done <"/proc/$$/limits"
}

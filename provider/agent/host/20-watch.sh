# watch: starts the second process for a change. That process opens the sealed directories when the agent ends.
watch() {
  BEAT=busy
  printf '' >"$REGISTRY/.beat" || { ERROR="$REGISTRY cannot be written (is the file system read-only?)"; return 1; }
  guard "$REGISTRY/.beat"
  WATCH=$GUARD
  # Without a lock the next session may use the directory already: leave it. sudo and doas pass the signal on too: a
  # second one would end this trap before everything is open.
  trap 'trap "" HUP INT TERM PIPE; unplace; relax; kill "$WATCH"; rm -f "$REGISTRY/.beat"; [ -z "$LOCKED" ] || rmdir "$REGISTRY" 2>/dev/null' EXIT
}

# guard_look: starts the second process for a look, which writes nothing and has the longer time for all of its work.
guard_look() {
  guard ''
  trap 'kill "$GUARD"' EXIT
}

# guard BEAT: starts the second process.
guard() {
  {
    # A freshly forked shell, such as the one that becomes sleep, loses a signal that it could catch.
    trap 'kill -KILL "$!"; exit' TERM
    last='' same=0
    while sleep "$IDLE" & wait "$!"; do
      now=0
      [ -z "$1" ] || now=$(stat -c %s "$1" 2>/dev/null) || exit
      kill -0 "$$" || exit
      if [ "$now" = "$last" ]; then same=$((same + 1)); else same=0; fi
      last=$now
      [ "$same" -ge 1 ] && [ $((now % 2)) -eq 1 ] || [ "$same" -ge 10 ] || continue
      trap '' TERM
      kill -TERM 0
      exit
    done
  } </dev/null >/dev/null 2>&1 9<&- &
  GUARD=$!
  trap 'exit 129' HUP INT TERM PIPE
}

# beat idle|busy: tells the second process that the agent waits, or works.
beat() {
  [ -n "$WATCH" ] || return 0
  case $BEAT:$1 in
    busy:busy) return 0 ;;
    idle:idle) marks=.. ;;
    *) marks=. ;;
  esac
  BEAT=$1
  # The registry is gone with its last record. On a full file system the next list says so.
  [ ! -d "$REGISTRY" ] || printf %s "$marks" >>"$REGISTRY/.beat" || :
}

# pulse: tells the second process that the work goes on.
pulse() { [ -z "$WATCH" ] || [ ! -d "$REGISTRY" ] || printf .. >>"$REGISTRY/.beat" || :; }

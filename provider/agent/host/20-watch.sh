# A client that is gone without a word (a line that swallows everything) must leave no jail locked, and none sealed: who
# waits for it longer than IDLE seconds ends, and who works on one thing ten times as long: nobody may take what it prints.
# A shell cannot read with a limit, so a second process watches a file: it has an odd size while the agent waits, and
# another one whenever something has happened. All of the session's processes are told, as a shell heeds a signal only
# when its foreground command has ended.
watch() {
  BEAT=busy
  printf '' >"$REGISTRY/.beat" || { ERROR="$REGISTRY cannot be written (is the file system read-only?)"; return 1; }
  guard "$REGISTRY/.beat"
  WATCH=$GUARD
  # Without a lock the next session may be in the directory already, which is left to it. sudo and doas pass on what they are told
  # too: a second signal would end this before everything is open.
  trap 'trap "" HUP INT TERM PIPE; unplace; relax; kill "$WATCH"; rm -f "$REGISTRY/.beat"; [ -z "$LOCKED" ] || rmdir "$REGISTRY" 2>/dev/null' EXIT
}

# glance: who only looks writes nothing, and has the longer time for all of it.
glance() {
  guard ''
  trap 'kill "$GUARD"' EXIT
}

# guard BEAT: the second process.
guard() {
  {
    # A shell that has just been forked, as the one that becomes sleep, loses a signal that it could catch.
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

# beat idle|busy
beat() {
  [ -n "$WATCH" ] || return 0
  case $BEAT:$1 in
    busy:busy) return 0 ;;
    idle:idle) marks=.. ;;
    *) marks=. ;;
  esac
  BEAT=$1
  # The registry of a root that is declared no more has gone; on a full file system the next list says so.
  [ ! -d "$REGISTRY" ] || printf %s "$marks" >>"$REGISTRY/.beat" || :
}

# pulse: what the agent is busy with goes on.
pulse() { [ -z "$WATCH" ] || [ ! -d "$REGISTRY" ] || printf .. >>"$REGISTRY/.beat" || :; }

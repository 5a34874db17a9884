# The log socket of a jail: finds its listener, and proves that lines sent to it come out.

# find_listener PATH: finds who has bound a socket of the host, in BOUND. The kernel tells the name that it was bound
# by.
find_listener() {
  BOUND=unknown
  [ -r /proc/net/unix ] || return 0
  case $(grep -F -- " $1" /proc/net/unix | while read -r _ _ _ _ type _ _ name; do [ "$name" != "$1" ] || printf '%s ' "$type"; done) in
    '') BOUND=nobody ;;
    *0002*) BOUND=datagram ;;
    *) BOUND=other ;;
  esac
}

# relay LENGTH: reads the jail's socket, and the file that tells rsyslog of it, as read_spot does. It restarts
# rsyslog, which reads its files only at its start, and removes our file where rsyslog refuses the files.
relay() {
  read_spot "$1" || return 1
  command -v rsyslogd >/dev/null || return 0
  out=$REGISTRY/.out
  if ! rsyslogd -N1 >"$out" 2>&1; then
    ERROR="rsyslogd -N1 refuses its configuration: $(grep -m 1 error "$out" | cut -c1-500)"
    rm -f -- "$from"
    return 1
  fi
  if [ -d /run/systemd/system ]; then set -- systemctl restart rsyslog
  elif [ -x /etc/init.d/rsyslog ]; then set -- /etc/init.d/rsyslog restart
  else ERROR='this host has no known way to restart rsyslog: restart it yourself, then run the command again'; return 1; fi
  timeout 60 "$@" >"$out" 2>&1 </dev/null 9<&- || { ERROR="$*: $(tail -n 1 "$out" | cut -c1-500)"; return 1; }
  tries=20
  while [ -f "$from" ] && find_listener "$SPOT" && [ "$BOUND" = nobody ]; do
    [ "$tries" -gt 0 ] || {
      ERROR="rsyslog was started again and has made no socket there: its own messages say why; does $from count, and may it write there (its unit, AppArmor)?"
      return 1
    }
    pause_a_tenth
  done
}

# pause_a_tenth: waits for a tenth of a second, or for one where sleep knows no less, and counts the tries down.
pause_a_tenth() {
  if sleep 0.1 2>/dev/null; then tries=$((tries - 1)); else sleep 1; tries=$((tries - 10)); fi
}

# proof LENGTH WORD: reads the jail's socket, and the file that its lines come to or an empty line, as read_spot does.
# It sends a line with this word, as any program would that sees the socket at its usual place. A line that was not
# found is no ERROR.
proof() {
  read_spot "$1" || return 1
  [ -S "$SPOT" ] && [ ! -L "$SPOT" ] || { ERROR='there is no socket'; return 1; }
  for tool in logger unshare; do
    command -v "$tool" >/dev/null || { ERROR="the host has no $tool command, which sends a line for a proof: install util-linux there"; return 1; }
  done
  # A queue that is full takes no line.
  ERROR=$(timeout 5 unshare -m sh -c 'mount -t tmpfs -o mode=0755 tmpfs /dev && : >/dev/log && mount -o bind "$1" /dev/log &&
    exec logger -t pulumi-chroot -- "$2"' sh "$SPOT" "$2" 2>&1) || return 1
  tries=50
  until print_log "$from" 2>/dev/null | grep -qF -- "$2"; do
    [ "$tries" -gt 0 ] || return 1
    pause_a_tenth
  done
}

# print_log FILE: prints the last lines of FILE, or of a host's usual log. The lines never leave the host.
print_log() {
  if [ -n "$1" ]; then last_of "$1"; return; fi
  timeout 5 journalctl -q --no-pager -o cat -n 100 -t pulumi-chroot
  timeout 5 logread | tail -n 100
  for file in /var/log/syslog /var/log/messages /var/log/daemon.log /var/log/user.log; do last_of "$file"; done
}

# last_of FILE: prints its end, through no link that users other than root could have made. A log's directory is often its
# daemon's, too.
last_of() {
  COLD=$NEWLINE
  resolve_path "$1" && read_as_opened "$REAL" '' tail -c 262144
}

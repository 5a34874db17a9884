# The log socket of a jail: whether somebody listens, and whether what is sent to it comes out.

# bound PATH: who has bound a socket of the host, in BOUND. The kernel tells the name that it was bound by.
bound() {
  BOUND=unknown
  [ -r /proc/net/unix ] || return 0
  case $(grep -F -- " $1" /proc/net/unix | while read -r _ _ _ _ type _ _ name; do [ "$name" != "$1" ] || printf '%s ' "$type"; done) in
    '') BOUND=nobody ;;
    *0002*) BOUND=datagram ;;
    *) BOUND=other ;;
  esac
}

# relay LENGTH: begins as spot: the jail's socket, and the file that tells rsyslog of it. Has rsyslog read all its files again, which it
# does when it starts; ours goes where it refuses them.
relay() {
  spot "$1" || return 1
  command -v rsyslogd >/dev/null || return 0
  out=$REGISTRY/.out
  if ! rsyslogd -N1 >"$out" 2>&1; then
    ERROR="rsyslogd -N1 refuses its configuration: $(grep -m 1 error "$out" | cut -c1-500)"
    rm -f -- "$from"
    return 1
  fi
  if [ -d /run/systemd/system ]; then set -- systemctl restart rsyslog
  elif [ -x /etc/init.d/rsyslog ]; then set -- /etc/init.d/rsyslog restart
  else ERROR='nobody knows here how rsyslog is started: restart it, then run pulumi up again'; return 1; fi
  timeout 60 "$@" >"$out" 2>&1 </dev/null 9<&- || { ERROR="$*: $(tail -n 1 "$out" | cut -c1-500)"; return 1; }
  tries=20
  while [ -f "$from" ] && bound "$SPOT" && [ "$BOUND" = nobody ]; do
    [ "$tries" -gt 0 ] || {
      ERROR="rsyslog was started again and has made no socket there: its own messages say why; does $from count, and may it write there (its unit, AppArmor)?"
      return 1
    }
    rest
  done
}

# rest: a tenth of a second, where sleep knows such; so many tries are over.
rest() {
  if sleep 0.1 2>/dev/null; then tries=$((tries - 1)); else sleep 1; tries=$((tries - 10)); fi
}

# proof LENGTH WORD: begins as spot: the jail's socket, and the file where its lines come to, or an empty line. Sends one with this word,
# as any program would that sees the socket at its usual place. That it was not found is no ERROR.
proof() {
  spot "$1" || return 1
  [ -S "$SPOT" ] && [ ! -L "$SPOT" ] || { ERROR='there is no socket'; return 1; }
  for tool in logger unshare; do
    command -v "$tool" >/dev/null || { ERROR="the host has no $tool command, which sends a line for a proof: install util-linux there"; return 1; }
  done
  # A queue that is full takes no line.
  ERROR=$(timeout 5 unshare -m sh -c 'mount -t tmpfs -o mode=0755 tmpfs /dev && : >/dev/log && mount -o bind "$1" /dev/log &&
    exec logger -t pulumi-chroot -- "$2"' sh "$SPOT" "$2" 2>&1) || return 1
  tries=50
  until logged "$from" 2>/dev/null | grep -qF -- "$2"; do
    [ "$tries" -gt 0 ] || return 1
    rest
  done
}

# logged FILE: the last lines of it, or of where a host's log usually is. Nothing of it is told.
logged() {
  if [ -n "$1" ]; then last_of "$1"; return; fi
  timeout 5 journalctl -q --no-pager -o cat -n 100 -t pulumi-chroot
  timeout 5 logread | tail -n 100
  for file in /var/log/syslog /var/log/messages /var/log/daemon.log /var/log/user.log; do last_of "$file"; done
}

# last_of FILE: by no link that others than root could have made. A log's directory is often its daemon's, too.
last_of() {
  COLD=$NEWLINE
  way "$1" && reading "$REAL" '' tail -c 262144
}

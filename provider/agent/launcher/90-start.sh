[ "$(id -u)" -eq 0 ] || refuse 'only root can start it'
[ "$DAEMON" -gt 0 ] && [ "$GROUP" -gt 0 ] || refuse "the daemon would be root: uid $DAEMON, gid $GROUP"
descriptors "${1-}"
missing=$(lacks "$KEPT")
[ -z "$missing" ] || refuse "$missing"
places
mounted
inherited_state
confinement "$KEPT"
umask "$UMASK"
# With the "+" and with --groups chroot looks nothing up in the jail, whose files may name anybody root.
started $BEFORE "$(tool prlimit)" --rtprio=0:0 --nice=0:0 $LOCKED $LIMITS -- "$(tool setpriv)" $CONFINED \
  "$(tool chroot)" --userspec="+$DAEMON:+$GROUP" --groups="$MORE_GROUPS" -- .

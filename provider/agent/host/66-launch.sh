# What starts a daemon in a jail, and whether a host has it. The agent asks before a launcher is written, and each launcher
# that is written asks again, with this text.

# tool NAME: the host's own command, by its absolute path: under a plain name BusyBox's shell may run an applet of its own.
tool() {
  for folder in /usr/sbin /usr/bin /sbin /bin; do
    [ ! -x "$folder/$1" ] || { printf '%s\n' "$folder/$1"; return 0; }
  done
  return 1
}

# confinement KEPT: the options of setpriv, in CONFINED. KEPT is of the form ,+net_bind_service. Between setpriv and the
# daemon chroot needs three capabilities; without new privileges the daemon cannot make anything of their being bounds. What
# it keeps is ambient, and a change of user would clear that.
confinement() {
  CONFINED="--no-new-privs --inh-caps=-all$1 --ambient-caps=-all$1 --bounding-set=-all,+setuid,+setgid,+sys_chroot$1"
  [ -z "$1" ] || CONFINED="$CONFINED --securebits=+no_setuid_fixup"
}

# lacks KEPT: what the host has not, a line each. Others' setpriv and chroot know less, or look names up in the jail.
lacks() {
  made_by setpriv util-linux && made_by prlimit util-linux && made_by chroot 'GNU coreutils' || return 0
  confinement "$1"
  said=$("$(tool setpriv)" $CONFINED "$(tool chroot)" --userspec=+1:+1 --groups=+1 -- / "$(tool true)" 2>&1) ||
    printf 'setpriv and chroot cannot do what is needed: %s\n' "$said"
}

made_by() {
  case $("$(tool "$1")" --version 2>&1) in *"$2"*) ;; *) printf 'the host has no %s of %s\n' "$1" "$2"; return 1 ;; esac
}

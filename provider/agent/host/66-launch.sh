# Tells whether a host has the tools that start a daemon in a jail. The agent asks before a launcher is written, and
# each launcher asks again, with this text.

# transient: finds a user number that no user or process on the host has, in NOBODY. A process without root outside of
# all jails runs with it: a jailed daemon can take over every process that shares its own number (ptrace(2)).
transient() {
  # systemd's UIDS-GIDS keeps these ranges free, for a host and for a container with few numbers.
  for range in '2100000000 40000000' '60600 500'; do
    first=${range% *} span=${range#* } tries=0
    has_numbers "$first" "$span" || continue
    while [ "$tries" -lt 50 ]; do
      NOBODY=$((first + ($$ + tries) % span)) tries=$((tries + 1))
      ! is_number_taken "$NOBODY" || continue
      return 0
    done
  done
  NOBODY=''
  return 1
}

# has_numbers FIRST COUNT: tells whether the host can use these numbers: a container may have fewer.
has_numbers() {
  [ -r /proc/self/uid_map ] || return 0
  while read -r start _ length; do
    [ "$1" -lt "$start" ] || [ $(($1 + $2)) -gt $((start + length)) ] || return 0
  done </proc/self/uid_map
  return 1
}

# is_number_taken NUMBER: tells whether a user or a group, a jail or a process of the host has it.
is_number_taken() (
  set +f
  grep -qs ":$1:" /etc/passwd /etc/group && return 0
  command -v getent >/dev/null && getent passwd "$1" >/dev/null 2>&1 && return 0
  printf '%s\0' "${REGISTRY_HOME:-/var/lib/pulumi-chroot}"/*/*.json | xargs -0 grep -lswF "$1" | grep -q . && return 0
  printf '%s\0' /proc/[0-9]*/task/[0-9]*/status | xargs -0 grep -lsE "^[UG]id:.*[[:space:]]$1([[:space:]]|\$)" | grep -q .
)

# powerless GID: sets the options of setpriv for a process outside of all jails, in POWERLESS: NOBODY's number, this
# group alone, and no way to gain more.
powerless() {
  POWERLESS="--reuid=$NOBODY --regid=$1 --clear-groups --no-new-privs --inh-caps=-all --ambient-caps=-all --bounding-set=-all"
}

# tool NAME: prints the absolute path of the host's own command: under a plain name BusyBox's shell may run an applet
# of its own.
tool() {
  for folder in /usr/sbin /usr/bin /sbin /bin; do
    [ ! -x "$folder/$1" ] || { printf '%s\n' "$folder/$1"; return 0; }
  done
  return 1
}

# confinement KEPT: sets the options of setpriv, in CONFINED. KEPT has the form ,+net_bind_service. Between setpriv
# and the daemon chroot needs three capabilities; without new privileges the daemon cannot use them although they are
# in its bounding set. Kept capabilities are ambient, and a change of user would clear them.
confinement() {
  CONFINED="--no-new-privs --inh-caps=-all$1 --ambient-caps=-all$1 --bounding-set=-all,+setuid,+setgid,+sys_chroot$1"
  if [ -n "$1" ]; then fixup=+; else fixup=-; fi
  CONFINED="$CONFINED --securebits=-noroot,${fixup}no_setuid_fixup"
}

# lacks KEPT: prints the missing tools and features of the host, a line each. Other makes of setpriv and chroot have
# fewer options, or look names up in the jail.
lacks() {
  made_by setpriv util-linux && made_by prlimit util-linux && made_by chroot 'GNU coreutils' || return 0
  [ ! -e /proc/keys ] || tool keyctl >/dev/null || tool e4crypt >/dev/null ||
    printf '%s\n' 'the host has neither keyctl (keyutils) nor e4crypt (e2fsprogs), which end the session keyring of root: install one of them'
  transient || { echo 'all user numbers that a test could run with are taken'; return 0; }
  confinement "$1"
  said=$("$(tool setpriv)" $CONFINED "$(tool chroot)" --userspec="+$NOBODY:+$NOBODY" --groups="+$NOBODY" -- / "$(tool true)" 2>&1) ||
    printf 'setpriv and chroot fail with the needed options: %s\n' "$said"
}

# made_by COMMAND PACKAGE: checks that the host's command is of this package.
made_by() {
  case $("$(tool "$1")" --version 2>&1) in *"$2"*) ;; *) printf 'the host has no %s of %s\n' "$1" "$2"; return 1 ;; esac
}

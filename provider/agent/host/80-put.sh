# Putting files and links in place. Each is made whole beside its place, in a directory of root's on the same file system,
# and moved over what is there by one rename: whoever is cut short leaves the old one or the new one.

# aim LENGTH KEY: what a request is about: a path below the jail's root (".//etc/x") or on the host, on the next line, and where
# it is made, which the key tells.
aim() {
  TARGET='' STAGE=''
  IFS= read -r target && [ "${#target}" -eq "$1" ] || return 1
  case $target in
    .//*)
      [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
      cold "$(stat -c %u:%a .)" || { ERROR='others than root may write in the root of the jail'; return 1; }
      base=./$STAGING
      ;;
    /*)
      # What systemd reads has its directory made where that is missing.
      case ${target%/*} in /etc/systemd/system/*.wants | /etc/tmpfiles.d) [ -n "$(unsafe_above "${target%/*}")" ] || own "${target%/*}" 0755 || return 1 ;; esac
      [ -z "$(unsafe_above "$target")" ] || { ERROR='others than root may change what is above it'; return 1; }
      base=${target%/*}/$STAGING
      ;;
    *) return 1 ;;
  esac
  STAGE=$base/$2 TARGET=$target NAME=${target##*/}
  if [ "$NAME" = .old ]; then OLD=$STAGE/.older; else OLD=$STAGE/.old; fi
}

# at LENGTH KEY [GID]: begins with one. Others may pass to what is made, and see no names: a command in the jail, or one that
# runs as somebody of a group, is told its path.
at() {
  aim "$1" "$2" || return 1
  # Whoever comes after one that is killed has to know.
  STAGED="$STAGED$base$NEWLINE"
  ERROR=$(printf %s "$STAGED" 2>&1 >"$REGISTRY/.staged") || return 1
  own "$base" 0711 || return 1
  [ "$(stat -c '%F:%u:%a' "$base")" = directory:0:711 ] || { ERROR="$STAGING beside it is not root's directory with mode 0711"; return 1; }
  ERROR=$({
    unmake "$STAGE" && mkdir -m 0700 "$STAGE" &&
      { [ -z "$3" ] || { chgrp "$3" "$STAGE" && chmod 0710 "$STAGE"; }; }
  } 2>&1) || return 1
  df -Pk "$STAGE" | { read -r _; read -r _ _ _ room _; say "room $room"; }
}

# pieces LENGTH: as frame; it may take longer than a session in which nothing happens.
pieces() {
  left=$1
  while [ "$left" -gt 8388608 ]; do
    frame 8388608
    left=$((left - 8388608))
    pulse
  done
  frame "$left"
}

# fill SIZE SHA256: the content, which follows. All of it is taken from the input whatever happens to it: what is left would
# be read as requests.
fill() {
  beat busy
  pieces "$1" | {
    [ -z "$STAGE" ] || cat >"$STAGE/$NAME"
    cat >/dev/null
  } 2>/dev/null
  read -r _
  filled "$@"
}

# copy LENGTH SIZE SHA256: the content of a file of the host, whose path is on the next line.
copy() {
  IFS= read -r from && [ "${#from}" -eq "$1" ] && [ -n "$STAGE" ] || return 1
  beat busy
  tick
  { taken "$from" cat >"$STAGE/$NAME"; } 2>/dev/null
  untick
  [ -z "$ERROR" ] || return 1
  filled "$2" "$3"
}

# filled SIZE SHA256: whether it is that. Says which inode it is: nobody else could have written in it so far.
filled() {
  [ -n "$STAGE" ] || return 1
  [ "$(stat -c %s "$STAGE/$NAME")" = "$1" ] || { ERROR='it has not come whole (is the file system full or read-only?)'; return 1; }
  tick
  sum=$(checksum "$1" <"$STAGE/$NAME")
  untick
  [ "${sum%% *}" = "$2" ] || { ERROR='it was changed while it was read'; return 1; }
  say "inode $(stat -c %d:%i "$STAGE/$NAME")"
}

# checksum SIZE: SHA-256 of what comes. For much of it by OpenSSL, where that is: it is several times as fast.
checksum() {
  if [ "$1" -gt 8388608 ] && [ "$(openssl dgst -sha256 -r </dev/null 2>/dev/null)" = "$EMPTY *stdin" ]; then
    openssl dgst -sha256 -r
  else
    sha256sum
  fi
}
EMPTY=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# symlink LENGTH: a link; where it points to is on the next line.
symlink() {
  IFS= read -r to && [ "${#to}" -eq "$1" ] && [ -n "$STAGE" ] || return 1
  ERROR=$(ln -s -- "$to" "$STAGE/$NAME" 2>&1)
}

# device TYPE MAJOR MINOR: one that is nobody's but root's so far.
device() {
  [ -n "$STAGE" ] || return 1
  ERROR=$(mknod -m 0600 "$STAGE/$NAME" "$1" "$2" "$3" 2>&1)
}

# fields UID:GID MODE ACL CAPABILITIES: of what is staged, where nobody else can reach it; "-" is none.
fields() {
  [ -n "$STAGE" ] || return 1
  acl=${3%% *} capabilities=''
  case $3 in *' '*) capabilities=${3#* } ;; esac
  ERROR=$({
    chown -h "$1" -- "$STAGE/$NAME" &&
      { [ "$acl" = - ] || setfacl -Pbk -m "$acl" -- "$STAGE/$NAME"; } &&
      chmod "$2" -- "$STAGE/$NAME" &&
      { [ -z "$capabilities" ] || setcap "$capabilities" "$STAGE/$NAME"; } &&
      { [ ! -f "$STAGE/$NAME" ] || sync "$STAGE/$NAME"; }
  } 2>&1)
  [ -z "$ERROR" ]
}

# place LENGTH KEY: puts in place what is staged. A file that it takes the place of is kept: beside it until this is over, so that it can
# come back as it was, and in the registry, for people. Nobody but root gets at it there.
place() {
  aim "$1" "$2" || return 1
  # Nothing is lost: it may be made in the next round.
  case $TARGET in
    .//*) sound "$TARGET" && [ -d "${TARGET%/*}/" ] || { say absent; return 0; } ;;
  esac
  # Across file systems it would be a copy, which may be cut.
  [ "$(stat -c %d "${TARGET%/*}/")" = "$(stat -c %d "$STAGE")" ] || { ERROR='its directory is on another file system than the root of the jail'; return 1; }
  ERROR=$({
    chmod 0700 "$STAGE" &&
      if [ -L "$TARGET" ]; then cp -P "$TARGET" "$OLD"
      elif [ -f "$TARGET" ]; then backup "$2" && ln "$TARGET" "$OLD"
      fi && moved "$STAGE/$NAME"
  } 2>&1) || return 1
  if command -v selinuxenabled >/dev/null && selinuxenabled; then restorecon -F "$TARGET" 2>/dev/null; fi
  sync "${TARGET%/*}/" 2>/dev/null || sync
}

# moved FROM: one rename; but BusyBox's mv looks behind a link, and goes no further where it finds a directory there.
moved() {
  mv -fT -- "$1" "$TARGET" && return
  [ -L "$TARGET" ] && [ -d "$TARGET" ] && rm -f -- "$TARGET" && mv -fT -- "$1" "$TARGET"
}

# backup KEY: a copy of what is there, in the registry, whole or not at all. Not of what is larger than a configuration would
# be: a daemon could have us fill the host with a file of holes.
backup() {
  [ "$(stat -c %s "$TARGET")" -le 67108864 ] || return 0
  mkdir -p "$REGISTRY/backup" && cp "$TARGET" "$REGISTRY/backup/.new" && mv -f "$REGISTRY/backup/.new" "$REGISTRY/backup/$1" && return
  rm -f "$REGISTRY/backup/.new"
  return 1
}

# back LENGTH KEY: takes what was put there away again. The old one comes back, the same inode.
back() {
  aim "$1" "$2" || return 1
  if [ -f "$OLD" ] || [ -L "$OLD" ]; then ERROR=$(moved "$OLD" 2>&1)
  else ERROR=$(rm -f -- "$TARGET" 2>&1); fi
}

# remove LENGTH: a file or a link that goes with its resource; its path is on the next line.
remove() {
  IFS= read -r target && [ "${#target}" -eq "$1" ] || return 1
  ERROR=$(rm -f -- "$target" 2>&1)
}

# denials: what AppArmor has denied in this jail so far, a line each, in the kernel's words.
denials() {
  [ -e /sys/kernel/security/apparmor/profiles ] || return 0
  { dmesg; cat /var/log/audit/audit.log; } 2>/dev/null | grep -F 'apparmor="DENIED"' | grep -F " name=\"${ROOT:-/}/"
}

# attempt SECONDS UID:GID LENGTH: runs a command of the host's, a list of words, as somebody; "-" is root. It holds no lock, and what
# it starts goes on without us, unless it takes too long: then all of its session ends. Says how it ended and what it has
# printed, as far as somebody may want to read it.
attempt() {
  stage "$3" "$REGISTRY/.list"
  limit=$1
  case $2 in
    -) set -- ;;
    *) set -- chroot "--userspec=+${2%:*}:+${2#*:}" --groups= -- / ;;
  esac
  [ $# -eq 0 ] || "$@" true 2>/dev/null || { ERROR='the host has no chroot of GNU coreutils: only root can run it'; return 1; }
  session=$(command -v setsid)
  denied=$(denials | wc -l)
  tick
  cat "$REGISTRY/.list" | timeout -k 5 "$limit" $session xargs -0 sh -c 'echo "$PPID" >&3; umask 022; cd /
    "$@" </dev/null 3>&-; echo "$?" >&3' sh "$@" 3>"$REGISTRY/.status" >"$REGISTRY/.out" 2>&1 9<&-
  status=$? leader='' ended=''
  { read -r leader; read -r ended; } <"$REGISTRY/.status"
  [ -n "$ended" ] || end "$leader"
  untick
  say "printed $(head -c 2000 "$REGISTRY/.out" | tr '\0' ' ')"
  rm -f "$REGISTRY/.out" "$REGISTRY/.status" "$REGISTRY/.list"
  # A denial looks as if a file had the wrong permissions.
  [ "${ended:-1}" = 0 ] || say "denied $(denials | tail -n "+$((denied + 1))" | tail -n 1)"
  case ${ended:-none:$status} in
    0) return 0 ;;
    none:124 | none:137 | none:143) ERROR="it took longer than $limit s" ;;
    127) ERROR='exit status 127, a command that is not found: install it on the host, or correct its name' ;;
    *) ERROR="exit status ${ended:-$status}" ;;
  esac
  return 1
}

# end LEADER: what is left of a session.
end() {
  [ -n "$1" ] && kill -TERM "-$1" && sleep 1 && kill -KILL "-$1"
} 2>/dev/null

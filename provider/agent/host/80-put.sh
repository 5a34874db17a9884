# Puts files and links in place. Each is made whole beside its place, in a directory of root's on the same file
# system, and moved over the old one by one rename: a run that is cut short leaves the old one or the new one.

# set_target LENGTH KEY: sets the path that a request is about: below the jail's root (".//etc/x") or on the host, on
# the next line, and the place where the file is staged, which the key tells.
set_target() {
  TARGET='' STAGE=''
  IFS= read -r target && [ "${#target}" -eq "$1" ] || return 1
  case $target in
    .//*)
      [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
      only_root_writes "$(stat -c %u:%a .)" || { ERROR='other users than root may write in the root of the jail'; return 1; }
      base=./$STAGING
      ;;
    /*)
      # systemd's directories are made where they are missing.
      case ${target%/*} in /etc/systemd/system/*.wants | /etc/tmpfiles.d) [ -n "$(unsafe_above "${target%/*}")" ] || make_own_directory "${target%/*}" 0755 || return 1 ;; esac
      [ -z "$(unsafe_above "$target")" ] || { ERROR='other users than root may change a directory above it'; return 1; }
      base=${target%/*}/$STAGING
      ;;
    *) return 1 ;;
  esac
  STAGE=$base/$2 TARGET=$target NAME=${target##*/}
  if [ "$NAME" = .old ]; then OLD=$STAGE/.older; else OLD=$STAGE/.old; fi
}

# at LENGTH KEY [GID]: begins with a file. Others may pass to the staged file, and see no names: a command in the
# jail, or one that runs as a user of a group, is told its path.
at() {
  set_target "$1" "$2" || return 1
  # The run after a killed one has to know.
  case $base in ./*) STAGED="$STAGED$base$NEWLINE" ;; *) STAGED="$STAGED$STAGE$NEWLINE" ;; esac
  ERROR=$(printf %s "$STAGED" 2>&1 >"$REGISTRY/.staged") || return 1
  # Below a jail's root it has to be this session's: a user who could write there before may have put another
  # directory in its place.
  case $base in
    ./*)
      [ -n "$MADE" ] || {
        empty_staging "$base"
        [ ! -e "$base" ] && [ ! -L "$base" ] || { ERROR="$STAGING in the root of the jail was not made by this run: check its contents, and remove it"; return 1; }
      }
      ;;
  esac
  for _ in 1 2 3 4 5; do make_stage "$3" && break; done
  [ -z "$ERROR" ] || return 1
  case $base in ./*) MADE=$(stat -c %i "$base") ;; esac
  df -Pk "$STAGE" | { read -r _; read -r _ _ _ room _; say "room $room"; }
}

# make_stage [GID]: makes the directory that the file is staged in. Outside of the jail the run of another jail may
# remove the empty one above it at any moment: then the caller tries again.
make_stage() {
  make_own_directory "$base" 0711 || return 1
  [ "$(stat -c '%F:%u:%a' "$base" 2>/dev/null)" = directory:0:711 ] || { ERROR="$STAGING beside it is not root's directory with mode 0711"; return 1; }
  ERROR=$({
    unmake "$STAGE" && mkdir -m 0700 "$STAGE" &&
      { [ -z "$1" ] || { chgrp "$1" "$STAGE" && chmod 0710 "$STAGE"; }; }
  } 2>&1)
}

# read_much_data LENGTH: does the same as read_data; it may take longer than a session in which nothing happens.
read_much_data() {
  left=$1
  while [ "$left" -gt 8388608 ]; do
    read_data 8388608
    left=$((left - 8388608))
    pulse
  done
  read_data "$left"
}

# fill SIZE SHA256: takes the content, which follows. It reads all of the content even after an error: the rest would
# be read as requests.
fill() {
  beat busy
  read_much_data "$1" | {
    [ -z "$STAGE" ] || cat >"$STAGE/$NAME"
    cat >/dev/null
  } 2>/dev/null
  read -r _
  check_filled "$@"
}

# copy LENGTH SIZE SHA256: takes the content of a file of the host, whose path is on the next line.
copy() {
  IFS= read -r from && [ "${#from}" -eq "$1" ] && [ -n "$STAGE" ] || return 1
  beat busy
  tick
  { read_host_file "$from" cat >"$STAGE/$NAME"; } 2>/dev/null
  untick
  [ -z "$ERROR" ] || return 1
  check_filled "$2" "$3"
}

# check_filled SIZE SHA256: checks the content, and tells the inode: only root could have written in it so far.
check_filled() {
  [ -n "$STAGE" ] || return 1
  [ "$(stat -c %s "$STAGE/$NAME")" = "$1" ] || { ERROR='it has not come whole (is the file system full or read-only?)'; return 1; }
  tick
  sum=$(checksum "$1" <"$STAGE/$NAME")
  untick
  [ "${sum%% *}" = "$2" ] || { ERROR='it was changed while it was read'; return 1; }
  say "inode $(stat -c %d:%i "$STAGE/$NAME")"
}

# checksum SIZE: prints the SHA-256 of its input. Where there is OpenSSL it sums much input: it is several times as
# fast.
checksum() {
  if [ "$1" -gt 8388608 ] && [ "$(openssl dgst -sha256 -r </dev/null 2>/dev/null)" = "$EMPTY *stdin" ]; then
    openssl dgst -sha256 -r
  else
    sha256sum
  fi
}
EMPTY=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

# symlink LENGTH: makes a link; its target is on the next line.
symlink() {
  IFS= read -r to && [ "${#to}" -eq "$1" ] && [ -n "$STAGE" ] || return 1
  ERROR=$(ln -s -- "$to" "$STAGE/$NAME" 2>&1)
}

# device TYPE MAJOR MINOR: makes a device that only root may use so far.
device() {
  [ -n "$STAGE" ] || return 1
  ERROR=$(mknod -m 0600 "$STAGE/$NAME" "$1" "$2" "$3" 2>&1)
}

# fields UID:GID MODE ACL CAPABILITIES: sets the fields of the staged file, where only root can reach it; "-" is none.
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

# place LENGTH KEY: puts the staged file in place. The old file is kept: beside it until the run is over, so that it
# can come back as it was, and in the registry, for people. Only root can reach it there.
place() {
  set_target "$1" "$2" || return 1
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
      fi && move_to_target "$STAGE/$NAME"
  } 2>&1) || return 1
  if command -v selinuxenabled >/dev/null && selinuxenabled; then restorecon -F "$TARGET" 2>/dev/null; fi
  sync "${TARGET%/*}/" 2>/dev/null || sync
}

# move_to_target FROM: moves by one rename; but BusyBox's mv looks behind a link, and goes no further where it finds a
# directory there.
move_to_target() {
  mv -fT -- "$1" "$TARGET" && return
  [ -L "$TARGET" ] && [ -d "$TARGET" ] && rm -f -- "$TARGET" && mv -fT -- "$1" "$TARGET"
}

# backup KEY: copies the old file into the registry, whole or not at all, with a line in the index there. A file
# larger than any configuration is not copied: a daemon could have us fill the host with a file of holes.
backup() {
  [ "$(stat -c %s "$TARGET")" -le 67108864 ] || return 0
  case $TARGET in .//*) was=$ROOT/${TARGET#.//} ;; *) was=$TARGET ;; esac
  kept=$REGISTRY/backup
  mkdir -p "$kept" && cp "$TARGET" "$kept/.new" && {
    [ ! -f "$kept/index" ] || grep -v "^$1 " "$kept/index" || [ "$?" -eq 1 ]
    printf '%s %s %s\n' "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$was"
  } >"$kept/.index" && mv -f "$kept/.index" "$kept/index" && mv -f "$kept/.new" "$kept/$1" && return
  rm -f "$kept/.new" "$kept/.index"
  return 1
}

# back LENGTH KEY: takes away the file that was put there. The old one comes back, the same inode.
back() {
  set_target "$1" "$2" || return 1
  if [ -f "$OLD" ] || [ -L "$OLD" ]; then ERROR=$(move_to_target "$OLD" 2>&1)
  else ERROR=$(rm -f -- "$TARGET" 2>&1); fi
}

# remove LENGTH: removes a file or a link together with its resource; its path is on the next line.
remove() {
  IFS= read -r target && [ "${#target}" -eq "$1" ] || return 1
  ERROR=$(rm -f -- "$target" 2>&1)
}

# denials: prints AppArmor's denials in this jail so far, a line each, in the kernel's words.
denials() {
  [ -e /sys/kernel/security/apparmor/profiles ] || return 0
  { dmesg; cat /var/log/audit/audit.log; } 2>/dev/null | grep -F 'apparmor="DENIED"' | grep -F " name=\"${ROOT:-/}/"
}

# nobody: tells a number that no user or process on the host has.
nobody() {
  ERROR=$(made_by setpriv util-linux) || { ERROR="$ERROR: only root can run it"; return 1; }
  transient || { ERROR='all user numbers that it could run with are taken: only root can run it'; return 1; }
  say "nobody $NOBODY"
}

# attempt SECONDS GID LENGTH: runs a command of the host's, a list of words; as root where GID is "-", else with this
# group and the number that "nobody" has told last. The command holds no lock. Children of root's command go on
# without us, unless it takes too long: then its whole session ends. After a command without root no process is left.
# Tells how the command ended, and as much of its output as a person may want to read.
attempt() {
  receive_file "$3" "$REGISTRY/.list"
  limit=$1
  if [ "$2" = - ]; then set --; else powerless "$2"; set -- "$(tool setpriv)" $POWERLESS --; fi
  session=$(command -v setsid)
  denied=$(denials | wc -l)
  tick
  cat "$REGISTRY/.list" | timeout -k 5 "$limit" $session xargs -0 sh -c 'echo "$PPID" >&3; umask 022; cd /
    "$@" </dev/null 3>&-; echo "$?" >&3' sh "$@" 3>"$REGISTRY/.status" >"$REGISTRY/.out" 2>&1 9<&-
  status=$? leader='' ended=''
  { read -r leader; read -r ended; } <"$REGISTRY/.status"
  [ -n "$ended" ] || end_session "$leader"
  # Every process with this number belongs to the command.
  [ $# -eq 0 ] || "$@" sh -c 'kill -s KILL -- -1' 2>/dev/null
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

# end_session LEADER: ends the rest of a session.
end_session() {
  [ -n "$1" ] && kill -TERM "-$1" && sleep 1 && kill -KILL "-$1"
} 2>/dev/null

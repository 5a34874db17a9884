# Mounts in the jail. A user who may write on the way could make a name a link, and mount follows links: so everything
# above a place has to be root's alone. A mount appears with all its limits at once.

# boot NAME: tells the lines of this jail in /etc/fstab, between two lines of ours, on a host that mounts from there
# at its start.
boot() {
  case $(mount --version 2>/dev/null) in *util-linux*) ;; *) say boot simple ;; esac
  send_lines fence print_fence "$1"
}
print_fence() {
  BEGIN="# pulumi-chroot: $1" END="# pulumi-chroot: end of $1"
  [ ! -f /etc/fstab ] || sed -n "\\|^$BEGIN\$|,\\|^$END\$|p" /etc/fstab
}

# read_spot LENGTH: reads a path below the root and a source, each on a line of its own. SPOT is the path on the host.
read_spot() {
  IFS= read -r spot && IFS= read -r from && [ "$((${#spot} + ${#from} + 1))" -eq "$1" ] || return 1
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  SPOT=$ROOT/${spot#.//}
  [ -z "$(unsafe_above "$SPOT")" ] || { ERROR='other users than root may change a directory above it'; return 1; }
}

# find_position PATH: finds a path without links in the mount table: POSITION is the file system, and the path in it.
find_position() {
  best='' POSITION=''
  while read -r _ _ device top point _; do
    unescape_mount "$point"
    case $1/ in "${BELOW%/}"/*) ;; *) continue ;; esac
    # The longest point counts, and of equal ones the last.
    [ "${#BELOW}" -ge "${#best}" ] || continue
    best=$BELOW
    unescape_mount "$top"
    POSITION="$device ${BELOW%/}${1#"${best%/}"}"
  done </proc/self/mountinfo
}

# is_source TEST: checks that the mount at HIDDEN shows the source that the names lead to. A user may make one of them
# a link while mount follows it; the mount then has another path, and mountinfo knows no links.
is_source() {
  find_position "$from"
  named=$POSITION
  find_position "$hidden"
  [ "$POSITION" = "$named" ] && [ "$1" "$hidden" ] && return
  echo "$from leads to another file: a link is on the way, or another process is changing it" >&2
  return 1
}

# mount_at LENGTH TYPE OPTIONS [untrusted]: mounts one. A bind gets its limits where only root can see it, and its
# copy has them from the start; later mounts below its source do not show in it. It refuses while a repair has
# directories closed: they could not be found below the mount to be opened.
mount_at() {
  case $3 in *' untrusted') set -- "$1" "$2" "${3% *}" untrusted ;; *) set -- "$1" "$2" "$3" '' ;; esac
  read_spot "$1" || return 1
  [ ! -e "$REGISTRY/sealed/plan" ] && [ ! -e "$REGISTRY/sealed/1" ] || { ERROR='directories that a repair has closed are not open again'; return 1; }
  case $2 in
    file | socket)
      [ -e "$SPOT" ] || [ -L "$SPOT" ] || (umask 0333 && : >"$SPOT") 2>/dev/null
      [ -f "$SPOT" ] && [ ! -L "$SPOT" ] || { ERROR='there is no file to bind it on'; return 1; }
      ;;
    *) [ -d "$SPOT" ] && [ ! -L "$SPOT" ] || { ERROR='there is no directory to mount it on'; return 1; } ;;
  esac
  case $2 in tmpfs | proc) ERROR=$(mount -t "$2" -o "$3" "$2" "$SPOT" 2>&1); return ;; esac
  case $2 in
    file) type=-f what='regular file' hidden=$REGISTRY/.socket ;;
    socket) type=-S what=socket hidden=$REGISTRY/.socket ;;
    *) type=-d what=directory hidden=$REGISTRY/.mount ;;
  esac
  [ "$type" "$from" ] && [ ! -L "$from" ] || { ERROR="$from is no $what of the host"; return 1; }
  [ -n "$4" ] || [ -z "$(unsafe_above "$from")" ] || { ERROR="other users than root can put another $what in the place of $from"; return 1; }
  ERROR=$({
    if [ "$type" = -d ]; then mkdir -p "$hidden"; else : >"$hidden"; fi && mount -o bind "$from" "$hidden" || exit
    mount --make-private "$hidden" && { [ -z "$4" ] || is_source "$type"; } && mount -o "remount,bind,$3" "$from" "$hidden" && mount -o bind "$hidden" "$SPOT"
    ended=$?
    umount "$hidden" && if [ "$type" = -d ]; then rmdir "$hidden"; else rm "$hidden"; fi
    exit "$ended"
  } 2>&1)
}

# remount_at LENGTH TYPE OPTIONS: gives a mount other limits.
remount_at() {
  read_spot "$1" || return 1
  case $2 in
    tmpfs | proc) ERROR=$(mount -o "remount,$3" "$2" "$SPOT" 2>&1) ;;
    *) ERROR=$(mount -o "remount,bind,$3" "$from" "$SPOT" 2>&1) ;;
  esac
}

# unmount_at LENGTH [keep]: takes a mount away, and first the unit that would mount it again, whose name is on the
# second line. The file that a file or a socket was bound on goes with it, unless it is to be kept.
unmount_at() {
  read_spot "$1" || return 1
  unit=/etc/systemd/system/$from
  if [ -f "$unit" ] && [ ! -L "$unit" ] && grep -q '^# .*pulumi-chroot' "$unit"; then
    ERROR=$(rm -f "$unit" "/etc/systemd/system/local-fs.target.wants/$from" 2>&1) || return 1
  fi
  kind=$(stat -c %F "$SPOT" 2>/dev/null)
  ERROR=$(umount "$SPOT" 2>&1) || return 1
  case ${2-}:$kind in
    :socket | :regular*) [ -s "$SPOT" ] || [ ! -f "$SPOT" ] || [ -L "$SPOT" ] || ERROR=$(rm -f -- "$SPOT" 2>&1) ;;
  esac
}

# fence LENGTH NAME: writes the lines of this jail in /etc/fstab; no lines take them away. Jails do that one after the
# other.
fence() {
  receive_file "$1" "$REGISTRY/.list"
  ERROR=$(
    {
      exec 8<"$REGISTRY_HOME"
      ! command -v flock >/dev/null || flock -x 8
      print_fence "$2" >/dev/null
      [ -f /etc/fstab ] && [ ! -L /etc/fstab ] || { echo 'there is none, or it is a link: make it, it may be empty' >&2; exit 1; }
      for line in "$BEGIN" "$END"; do [ "$(grep -cxF "$line" /etc/fstab)" -le 1 ] || { echo "/etc/fstab has '$line' twice" >&2; exit 1; }; done
      [ "$(grep -cxF "$BEGIN" /etc/fstab)" = "$(grep -cxF "$END" /etc/fstab)" ] || { echo "/etc/fstab has one of '$BEGIN' and '$END' without the other" >&2; exit 1; }
      cp -p /etc/fstab /etc/.fstab.pulumi-chroot || exit
      { sed "\\|^$BEGIN\$|,\\|^$END\$|d" /etc/fstab; cat "$REGISTRY/.list"; } >/etc/.fstab.pulumi-chroot &&
        sync /etc/.fstab.pulumi-chroot && mv -f /etc/.fstab.pulumi-chroot /etc/fstab
    } 2>&1
  )
}

# reload: makes systemd read its units again, where it runs.
reload() { [ ! -d /run/systemd/system ] || ERROR=$(systemctl daemon-reload 2>&1); }

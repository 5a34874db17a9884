# Mounts in the jail. A name on the way could be made a link by whoever may write there, and mount follows links: so all that is
# above a place has to be root's alone. What is mounted shows itself with all its limits at once.

# boot NAME: of a host that mounts what is in /etc/fstab when it starts, what this jail has there, between two lines of ours.
boot() {
  case $(mount --version 2>/dev/null) in *util-linux*) ;; *) say boot simple ;; esac
  lines fence fenced "$1"
}
fenced() {
  BEGIN="# pulumi-chroot: $1" END="# pulumi-chroot: end of $1"
  [ ! -f /etc/fstab ] || sed -n "\\|^$BEGIN\$|,\\|^$END\$|p" /etc/fstab
}

# spot LENGTH: begins with a path below the root and a source, each on a line of its own. SPOT is where it is on the host.
spot() {
  IFS= read -r spot && IFS= read -r from && [ "$((${#spot} + ${#from} + 1))" -eq "$1" ] || return 1
  [ -n "$ENTERED" ] || { ERROR='no jail has been entered'; return 1; }
  SPOT=$ROOT/${spot#.//}
  [ -z "$(unsafe_above "$SPOT")" ] || { ERROR='others than root may change what is above it'; return 1; }
}

# mount_at LENGTH TYPE OPTIONS: mounts one. A bind gets its limits where nobody else can see it, and its copy has them from the start;
# what is mounted below its source later does not show in it. What is closed may be below: nobody would find it there to open it.
mount_at() {
  spot "$1" || return 1
  [ ! -e "$REGISTRY/sealed/plan" ] && [ ! -e "$REGISTRY/sealed/1" ] || { ERROR='what a repair has closed is not open again'; return 1; }
  case $2 in
    socket)
      [ -e "$SPOT" ] || [ -L "$SPOT" ] || (umask 0333 && : >"$SPOT") 2>/dev/null
      [ -f "$SPOT" ] && [ ! -L "$SPOT" ] || { ERROR='there is no file to bind it on'; return 1; }
      ;;
    *) [ -d "$SPOT" ] && [ ! -L "$SPOT" ] || { ERROR='there is no directory to mount it on'; return 1; } ;;
  esac
  if [ "$2" = tmpfs ]; then ERROR=$(mount -t tmpfs -o "$3" tmpfs "$SPOT" 2>&1); return; fi
  case $2 in socket) type=-S what=socket hidden=$REGISTRY/.socket ;; *) type=-d what=directory hidden=$REGISTRY/.mount ;; esac
  [ -z "$(unsafe_above "$from")" ] && [ "$type" "$from" ] && [ ! -L "$from" ] ||
    { ERROR="$from is no $what of the host that only root can put another one in the place of"; return 1; }
  ERROR=$({
    if [ "$2" = socket ]; then : >"$hidden"; else mkdir -p "$hidden"; fi && mount -o bind "$from" "$hidden" || exit
    mount --make-private "$hidden" && mount -o "remount,bind,$3" "$from" "$hidden" && mount -o bind "$hidden" "$SPOT"
    ended=$?
    umount "$hidden" && if [ "$2" = socket ]; then rm "$hidden"; else rmdir "$hidden"; fi
    exit "$ended"
  } 2>&1)
}

# remount_at LENGTH TYPE OPTIONS: other limits for what is mounted already.
remount_at() {
  spot "$1" || return 1
  case $2 in
    tmpfs) ERROR=$(mount -o "remount,$3" tmpfs "$SPOT" 2>&1) ;;
    *) ERROR=$(mount -o "remount,bind,$3" "$from" "$SPOT" 2>&1) ;;
  esac
}

# unmount_at LENGTH [keep]: takes one away, and first what would mount it again: its unit, whose name is on the second line. What a socket
# was bound on goes with it, unless it is to be kept.
unmount_at() {
  spot "$1" || return 1
  unit=/etc/systemd/system/$from
  if [ -f "$unit" ] && [ ! -L "$unit" ] && grep -q '^# .*pulumi-chroot' "$unit"; then
    ERROR=$(rm -f "$unit" "/etc/systemd/system/local-fs.target.wants/$from" 2>&1) || return 1
  fi
  kind=$(stat -c %F "$SPOT" 2>/dev/null)
  ERROR=$(umount "$SPOT" 2>&1) || return 1
  [ "${2-}:$kind" != :socket ] || [ -s "$SPOT" ] || [ ! -f "$SPOT" ] || [ -L "$SPOT" ] || ERROR=$(rm -f -- "$SPOT" 2>&1)
}

# fence LENGTH NAME: the lines of this jail in /etc/fstab; none takes them away. Jails do that one after the other.
fence() {
  stage "$1" "$REGISTRY/.list"
  ERROR=$(
    {
      exec 8<"$REGISTRY_HOME"
      ! command -v flock >/dev/null || flock -x 8
      fenced "$2" >/dev/null
      [ -f /etc/fstab ] && [ ! -L /etc/fstab ] || { echo 'there is none, or it is a link: make it, it may be empty' >&2; exit 1; }
      for line in "$BEGIN" "$END"; do [ "$(grep -cxF "$line" /etc/fstab)" -le 1 ] || { echo "/etc/fstab has '$line' twice" >&2; exit 1; }; done
      [ "$(grep -cxF "$BEGIN" /etc/fstab)" = "$(grep -cxF "$END" /etc/fstab)" ] || { echo "/etc/fstab has one of '$BEGIN' and '$END' without the other" >&2; exit 1; }
      cp -p /etc/fstab /etc/.fstab.pulumi-chroot || exit
      { sed "\\|^$BEGIN\$|,\\|^$END\$|d" /etc/fstab; cat "$REGISTRY/.list"; } >/etc/.fstab.pulumi-chroot &&
        sync /etc/.fstab.pulumi-chroot && mv -f /etc/.fstab.pulumi-chroot /etc/fstab
    } 2>&1
  )
}

# reload: systemd reads its units again, where it is what runs.
reload() { [ ! -d /run/systemd/system ] || ERROR=$(systemctl daemon-reload 2>&1); }

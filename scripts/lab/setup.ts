/**
 * Turns a fresh mount and pid namespace into a host. The script runs as pid 1 of the namespace with the arguments DIRECTORY
 * FLAVOUR HOSTNAME BUSYBOX SSHD. The parent holds the other end of its stdin.
 *
 * The script mounts the root file system over DIRECTORY, inside this namespace only. Once the host is ready, it prints
 * `ready PID`, its number outside the namespace. It exits at the end of stdin, which also a killed parent causes; then the
 * kernel kills every process of the namespace.
 */
export const SETUP = String.raw`
set -eu
unset LAB_SETUP
umask 022
directory=$1 flavour=$2 hostname=$3 busybox=$4 sshd=$5
# /proc is still the machine's, so this is the script's number outside
read -r pid _ </proc/self/stat

readonly_bind() {
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}
device() {
  mknod -m 666 "dev/$1" c "$2" "$3" 2>/dev/null || { : >"dev/$1"; mount --bind "/dev/$1" "dev/$1"; }
}

mount -t tmpfs -o mode=0755 lab "$directory"
cd "$directory"
mkdir -p dev etc/ssh home media mnt opt/lab proc root run srv sys tmp usr \
  var/cache var/lib var/log var/spool var/tmp var/empty/sshd old
chmod 1777 tmp var/tmp
chmod 0700 root
ln -s ../run var/run

# programs: the machine's, read-only; or BusyBox applets, with the libraries that the machine's sshd needs
for name in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$name" ]; then cp -P "/$name" "$name"
  elif [ ! -d "/$name" ]; then :
  else
    mkdir "$name"
    case $flavour:$name in busybox:bin | busybox:sbin) ;; *) readonly_bind "/$name" "$name" ;; esac
  fi
done
if [ "$flavour" = busybox ]; then
  mkdir usr/bin usr/sbin
  for name in lib lib32 lib64 libx32 libexec; do
    if [ -d "/usr/$name" ] && [ ! -L "/usr/$name" ]; then mkdir "usr/$name"; readonly_bind "/usr/$name" "usr/$name"; fi
  done
  cp "$busybox" opt/lab/busybox
  cp opt/lab/busybox bin/busybox
  chroot . /bin/busybox --install -s
  if [ -n "$sshd" ]; then : >opt/lab/sshd; readonly_bind "$sshd" opt/lab/sshd; fi
else
  readonly_bind /usr usr
fi
for name in ld.so.cache ld.so.conf ld.so.conf.d services protocols; do
  if [ -e "/etc/$name" ]; then cp -RP "/etc/$name" "etc/$name"; fi
done
if [ "$flavour" = gnu ] && [ -d /etc/alternatives ]; then cp -RP /etc/alternatives etc/alternatives; fi

mount -t tmpfs -o mode=0755,nosuid lab dev
device null 1 3; device zero 1 5; device full 1 7; device random 1 8; device urandom 1 9; device tty 5 0
mkdir dev/pts dev/shm
chmod 1777 dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 lab dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
mount -t tmpfs -o mode=0755 lab run
mkdir -p run/lab run/sshd run/lock

mount -t proc proc proc
echo "$hostname" >proc/sys/kernel/hostname
# most of these settings belong to the machine, not to the namespace: keep them read-only
readonly_bind proc/sys proc/sys
if [ -e proc/sysrq-trigger ]; then readonly_bind proc/sysrq-trigger proc/sysrq-trigger; fi

pivot_root . old
cd /
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
hash -r
umount -l /old
rmdir /old
echo "ready $pid"
exec >/dev/null 2>&1
# a shell that waits for a child also reaps the orphans that pid 1 inherits; with the exit, sh does not exec the cat
cat >/dev/null
exit 0
`;

/** Brings the loopback up in a separate network namespace. Goes before {@link SETUP}, while the machine's tools are visible. */
export const LOOPBACK_UP = "ip link set lo up || ifconfig lo 127.0.0.1 up\n";

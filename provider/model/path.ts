import { type Bytes, bytesOf, fromWire } from "./bytes";

/** Below a jail's root: entries that stood in the way of a declared one, or were undeclared. Only root may enter. */
export const quarantineName = ".pulumi-chroot";

/** Whole days before entries are removed from there. */
export const quarantineDays = 7;

/** A directory below a jail's root, where a put is made before its rename. Only root may enter. */
export const stagingName = ".pulumi-chroot-staging";

/** Deeper than any jail: only a daemon makes such directories, and sealing them would take for ever. */
export const maxDepth = 100;

/**
 * Path bytes, as the agent writes them, from which on a directory is not entered: an entry's path could be too long for a
 * command.
 */
export const maxPathBytes = 3840;

/** Directories of the system: none of them is a jail's root itself. */
const systemDirectories = new Set(
  (
    "/ /bin /boot /dev /etc /home /lib /lib32 /lib64 /libx32 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr " +
    "/usr/bin /usr/lib /usr/lib64 /usr/libexec /usr/local /usr/sbin /usr/share /var /var/cache /var/lib /var/log /var/run " +
    "/var/spool /var/tmp"
  ).split(" "),
);

/** Trees that can hold no jail: they hold the host's own system, or the registry. */
const systemTrees =
  "/bin /boot /dev /lib /lib32 /lib64 /libx32 /proc /sbin /sys /usr/bin /usr/lib /usr/lib64 /usr/libexec /usr/sbin /var/lib/pulumi-chroot".split(
    " ",
  );

/** Directories of /etc that many programs read, or that configure root's own commands. */
const sharedBelowEtc = new Set(
  (
    "NetworkManager X11 acpi alternatives apparmor apparmor.d apt audit authselect bash_completion.d binfmt.d ca-certificates conf.d cron.d " +
    "cron.daily cron.hourly cron.monthly cron.weekly crypto-policies cryptsetup-initramfs dbus-1 default depmod.d dhcp dkms dnf dpkg " +
    "dracut.conf.d environment.d firewalld fonts grub.d gss init init.d initramfs-tools iproute2 iptables issue.d kernel " +
    "ld.so.conf.d libnl logrotate.d lvm mdadm modprobe.d modules-load.d netplan network networkd-dispatcher nftables opt pam.d pkcs11 pki " +
    "polkit-1 ppp profile.d rc.d rc0.d rc1.d rc2.d rc3.d rc4.d rc5.d rc6.d rcS.d rpm rsyslog.d runlevels security selinux skel ssh ssl sudoers.d " +
    "sysconfig sysctl.d systemd terminfo tmpfiles.d udev ufw update-motd.d wpa_supplicant xdg yum yum.repos.d zypp"
  ).split(" "),
);

/** Whether a root is in a tree of the system, where only a directory that belongs to one daemon alone can be a jail. */
export function isBelowEtc(root: string): boolean {
  return root.startsWith("/etc/");
}

/** The directories above a jail's root on its host, outermost first. */
export function directoriesAbove(root: string): Bytes[] {
  return ancestors(bytesOf(root.slice(1))).map((path) => fromWire(`/${path}`));
}

/** The reason why a path cannot be a jail's root, or undefined when it can. */
export function rootProblem(root: string): string | undefined {
  const problem = lineProblem(root);
  if (problem !== undefined) return problem;
  if (!root.startsWith("/"))
    return `"${root}" is relative: the jail's root is an absolute path on the host, such as /chroot/named`;
  if (root.length > 1024) return "is longer than 1024 characters";
  const components = root.split("/").slice(1);
  if (components.some(isTooLong)) return tooLongName;
  if (components.includes("..") || components.includes("."))
    return `"${root}" contains "." or "..": write the path itself`;
  if (root !== "/" && components.includes(""))
    return `"${root}" contains an empty component: write it without "//" and without a "/" at the end`;
  if (isBelowEtc(root) && sharedBelowEtc.has(components[1] ?? ""))
    return `/etc/${components[1]} is a directory of the system: a jail below /etc is the daemon's own, such as /etc/nsd`;
  if (systemDirectories.has(root) || systemTrees.some((tree) => root === tree || root.startsWith(`${tree}/`)))
    return `${root} is a directory of the system: a jail has one of its own, such as /chroot/named`;
  return undefined;
}

/** The reason why a text is not one line, or undefined when it is one. */
export function lineProblem(text: string): string | undefined {
  return /[\0\n]/.test(text) ? "contains a NUL or a newline" : undefined;
}

/** The reason why a text is not the path of a file on the host, or undefined when it is one. */
export function hostPathProblem(path: string): string | undefined {
  const problem = lineProblem(path);
  if (problem !== undefined) return problem;
  if (path.length > 1024) return "is longer than 1024 characters";
  if (!path.startsWith("/")) return `"${path}" is relative: write the absolute path on the host`;
  const components = path.split("/").slice(1);
  if (components.some(isTooLong)) return tooLongName;
  if (components.includes("..") || components.includes("."))
    return `"${path}" contains "." or "..": write the path itself`;
  if (components.includes(""))
    return `"${path}" contains an empty component: write it without "//" and without a "/" at the end`;
  return undefined;
}

/** The reason why a text is not a path inside a jail, or undefined when it is one. `.` is the jail's root itself. */
export function jailPathProblem(path: string): string | undefined {
  if (path === "") return 'is empty: "." is the jail\'s root itself';
  const problem = lineProblem(path);
  if (problem !== undefined) return problem;
  if (path.startsWith("/"))
    return `"${path}" is absolute: paths are relative to the jail's root, without the first "/"`;
  const components = path.split("/");
  if (components.includes("..")) return `"${path}" contains "..": write the path itself, relative to the jail's root`;
  if (path !== "." && components.some((component) => component === "" || component === "."))
    return `"${path}" contains an empty component or ".": write the path without them and without a "/" at the end`;
  if (components.includes(stagingName))
    return `"${path}" is pulumi-chroot's own directory for files before they are put in place`;
  if (components[0] === quarantineName)
    return `"${path}" is pulumi-chroot's own directory for entries that it has moved away`;
  return undefined;
}

/**
 * The reason why a path inside a jail cannot be a file or a directory, or undefined when it can. Paths that the look does not
 * reach are refused too.
 */
export function jailPlaceProblem(path: string): string | undefined {
  const problem = jailPathProblem(path);
  if (problem !== undefined) return problem;
  const components = path.split("/");
  if (components.some(isTooLong)) return tooLongName;
  if (components.length > maxDepth) return `is more than ${maxDepth} directories deep: a look does not go deeper`;
  return Buffer.byteLength(path) < maxPathBytes
    ? undefined
    : `is longer than ${maxPathBytes} bytes, the most that a command takes`;
}

/** NAME_MAX (limits.h). */
const isTooLong = (name: string) => Buffer.byteLength(name) > 255;
const tooLongName = "has a name of more than 255 bytes, which Linux does not have";

/** The directories above a path inside the jail, outermost first, without the jail's root: `a/b/c` gives `a`, `a/b`. */
export function ancestors(path: Bytes): Bytes[] {
  const found: Bytes[] = [];
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    found.push(path.slice(0, slash) as Bytes);
  }
  return found;
}

/** The number of names in a path inside the jail; the root has none. */
export function depthOf(path: Bytes): number {
  if (path === ".") return 0;
  let depth = 1;
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) depth++;
  return depth;
}

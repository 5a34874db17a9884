/** Below a jail's root: what stood in the way of a declared directory. Root's alone. */
export const quarantineName = ".pulumi-chroot";

/** Paths that somebody declares: the jail's root on the host, and paths and globs below it. */

const systemDirectories = new Set(
  (
    "/ /bin /boot /dev /etc /home /lib /lib32 /lib64 /libx32 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr " +
    "/usr/bin /usr/lib /usr/lib64 /usr/libexec /usr/local /usr/sbin /usr/share /var /var/cache /var/lib /var/log /var/run " +
    "/var/spool /var/tmp"
  ).split(" "),
);
/** Nothing below these is ever a jail: the host itself lives there, or the registry. */
const systemTrees =
  "/bin /boot /dev /etc /lib /lib32 /lib64 /libx32 /proc /sbin /sys /usr/bin /usr/lib /usr/lib64 /usr/libexec /usr/sbin /var/lib/pulumi-chroot".split(
    " ",
  );

/** Why a path cannot be a jail's root, or undefined when it can. */
export function rootProblem(root: string): string | undefined {
  if (/[\0\n]/.test(root)) return "contains a NUL or a newline";
  if (!root.startsWith("/"))
    return `"${root}" is relative: the jail's root is an absolute path on the host, such as /chroot/named`;
  if (root.length > 1024) return "is longer than 1024 characters";
  const components = root.split("/").slice(1);
  if (components.includes("..") || components.includes("."))
    return `"${root}" contains "." or "..": write the path itself`;
  if (root !== "/" && components.includes(""))
    return `"${root}" contains an empty component: write it without "//" and without a "/" at the end`;
  if (systemDirectories.has(root) || systemTrees.some((tree) => root === tree || root.startsWith(`${tree}/`)))
    return `${root} is a directory of the system: a jail has one of its own, such as /chroot/named`;
  return undefined;
}

/** Why a text is not a path inside a jail, or undefined when it is one. `.` is the jail's root itself. */
export function jailPathProblem(path: string): string | undefined {
  if (path === "") return 'is empty: "." is the jail\'s root itself';
  if (/[\0\n]/.test(path)) return "contains a NUL or a newline";
  if (path.startsWith("/"))
    return `"${path}" is absolute: paths are relative to the jail's root, without the first "/"`;
  const components = path.split("/");
  if (components.includes("..")) return `"${path}" leaves the jail's root`;
  if (path !== "." && components.some((component) => component === "" || component === "."))
    return `"${path}" contains an empty component or ".": write the path without them and without a "/" at the end`;
  if (components[0] === quarantineName) return `"${path}" is where pulumi-chroot keeps what it has moved away`;
  return undefined;
}

import { ancestors, type Bytes, bytesOf, fromWire } from "./bytes";

/** Below a jail's root: what stood in the way of something declared, or was not declared. Root's alone. */
export const quarantineName = ".pulumi-chroot";
/** Whole days that it is kept there. */
export const quarantineDays = 7;

/** Beside what is put in place: what is made there before it is moved. Root's alone. */
export const stagingName = ".pulumi-chroot-staging";

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

/** The directories above a jail's root on its host, outermost first. */
export function waysTo(root: string): Bytes[] {
  return ancestors(bytesOf(root.slice(1))).map((path) => fromWire(`/${path}`));
}

/** Why a path cannot be a jail's root, or undefined when it can. */
export function rootProblem(root: string): string | undefined {
  const problem = lineProblem(root);
  if (problem !== undefined) return problem;
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

/** Why a text is not one line, or undefined when it is one. */
export function lineProblem(text: string): string | undefined {
  return /[\0\n]/.test(text) ? "contains a NUL or a newline" : undefined;
}

/** Why a text is not the path of a file on the host, or undefined when it is one. */
export function hostPathProblem(path: string): string | undefined {
  const problem = lineProblem(path);
  if (problem !== undefined) return problem;
  if (path.length > 1024) return "is longer than 1024 characters";
  if (!path.startsWith("/")) return `"${path}" is relative: write the absolute path on the host`;
  const components = path.split("/").slice(1);
  if (components.includes("..") || components.includes("."))
    return `"${path}" contains "." or "..": write the path itself`;
  if (components.includes(""))
    return `"${path}" contains an empty component: write it without "//" and without a "/" at the end`;
  return undefined;
}

/** Why a text is not a path inside a jail, or undefined when it is one. `.` is the jail's root itself. */
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
  if (components.includes(stagingName)) return `"${path}" is where pulumi-chroot makes what it puts in place`;
  if (components[0] === quarantineName) return `"${path}" is where pulumi-chroot keeps what it has moved away`;
  return undefined;
}

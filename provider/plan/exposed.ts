/** A mount of the host, as /proc/self/mountinfo has it, with its escapes read. */
export interface HostMount {
  /** `major:minor` of the file system. */
  readonly device: string;
  /** The directory of the file system that is mounted. */
  readonly root: string;
  readonly point: string;
}

/**
 * Why a file of the host can be reached from a jail, or undefined when it cannot (practice P11): by its path, or by a mount in
 * the jail that shows the directory it is in. No directory above it is a link, as has been looked at.
 */
export function exposure(path: string, jails: readonly string[], mounts: readonly HostMount[]): string | undefined {
  const inside = jails.find((root) => isBelow(path, root));
  if (inside !== undefined)
    return `is in the jail ${inside}: what is run as root has to be where no daemon can reach it`;
  const own = mounts.filter(({ point }) => isBelow(path, point)).sort((a, b) => b.point.length - a.point.length)[0];
  if (!own) return undefined;
  const inFileSystem = joined(own.root, path.slice(own.point === "/" ? 0 : own.point.length));
  const shown = mounts.find(
    ({ device, root, point }) =>
      device === own.device && isBelow(inFileSystem, root) && jails.some((jail) => isBelow(point, jail)),
  );
  return shown && `can be reached from a jail: ${shown.point} there shows the directory that it is in`;
}

/** `/proc/self/mountinfo` (proc(5)), a line each; a space in a path is written `\040`. */
export function readMounts(lines: readonly string[]): HostMount[] {
  const path = (text = "") =>
    text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
  return lines.map((line) => {
    const [, , device = "", root, point] = line.split(" ");
    return { device, root: path(root), point: path(point) };
  });
}

function isBelow(path: string, top: string): boolean {
  return top === "/" || path === top || path.startsWith(`${top}/`);
}

function joined(root: string, rest: string): string {
  return root === "/" ? rest : `${root}${rest}`;
}

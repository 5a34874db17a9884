import type { ExposureProblem } from "../../intent/launch-problem";
import { fromWire } from "../../model/bytes";

/** A mount of the host from /proc/self/mountinfo, with escapes decoded. */
export interface HostMount {
  /** `major:minor` of the file system. */
  readonly device: string;
  /** The directory of the file system that is mounted. */
  readonly root: string;
  readonly point: string;
}

/**
 * Says how a host file is reachable from a jail: by its path, or through a mount in the jail that shows its directory.
 * Undefined when it is not. The caller has checked that no directory above the file is a link.
 */
export function exposure(
  path: string,
  jails: readonly string[],
  mounts: readonly HostMount[],
): ExposureProblem | undefined {
  const inside = jails.find((root) => isBelow(path, root));
  if (inside !== undefined) return { problem: "launcher-in-jail", launcher: path, root: inside };
  const own = mounts.filter(({ point }) => isBelow(path, point)).sort((a, b) => b.point.length - a.point.length)[0];
  if (!own) return undefined;
  const inFileSystem = joined(own.root, path.slice(own.point === "/" ? 0 : own.point.length));
  const shown = mounts.find(
    ({ device, root, point }) =>
      device === own.device && isBelow(inFileSystem, root) && jails.some((jail) => isBelow(point, jail)),
  );
  return shown && { problem: "launcher-shown", launcher: path, mount: fromWire(shown.point) };
}

/** Reads `/proc/self/mountinfo` (proc(5)), one mount a line; a space in a path is written `\040`. */
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

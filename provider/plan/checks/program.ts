import { type FileClaim, isOnHost } from "../../intent/file-claim";
import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import type { Observation } from "../../observe/observation";

/** The most links that one path may lead through, as in Linux. */
const mostLinks = 40;

/**
 * Whether a daemon's program is missing in its jail: neither present nor put there by `claims`. A path below a mount point, or
 * behind a link whose target the scan does not tell, counts as present, because it cannot be checked.
 */
export function isMissing(program: Bytes, { entries, mounts }: Observation, claims: readonly FileClaim[]): boolean {
  const declared = new Map(claims.filter(({ at }) => !isOnHost(at)).map(({ at, is }) => [at, is]));
  const at = (path: Bytes): Pick<Live, "type" | "target"> | undefined => declared.get(path) ?? entries.get(path);
  let remaining = program.split("/");
  let walked: string[] = [];
  let links = 0;
  while (remaining.length > 0) {
    const [name = "", ...rest] = remaining;
    remaining = rest;
    if (name === "..") walked.pop();
    if (name === "" || name === "." || name === "..") continue;
    const path = [...walked, name].join("/") as Bytes;
    const { type, target } = at(path) ?? {};
    if (mounts.includes(path) || (type === "link" && target === undefined)) return false;
    if (target === undefined) walked.push(name);
    else if (++links > mostLinks) return true;
    else {
      if (target.startsWith("/")) walked = [];
      remaining = [...target.split("/"), ...remaining];
    }
  }
  return at(walked.join("/") as Bytes)?.type !== "file";
}

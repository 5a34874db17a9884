import { type Finding, finding } from "../intent/finding";
import type { Bytes } from "../model/bytes";
import { depthOf, maxDepth, maxPathBytes } from "../model/path";
import type { Observation } from "../observe/observation";
import { parentOf } from "./seal/zone";

/**
 * Places that the look passed over, entries that the host has told in part or without a type, and directories too deep to enter.
 */
export function unreadEntries({ entries, unseen = [] }: Observation): Finding[] {
  const found: Finding[] = unseen.map(({ at, why }) => finding("not-seen", why, { at }));
  for (const [at, { type, unread }] of entries) {
    if (unread !== undefined) found.push(finding("not-seen", unread, { at }));
    else if (type === "unknown") found.push(finding("type-unknown", {}, { at }));
    else if (type === "directory" && !isEntered(at) && isEntered(parentOf(at) ?? at))
      found.push(finding("too-deep", { deepest: maxDepth }, { at }));
  }
  return found;
}

/**
 * Whether the agent enters a directory. It does not where the directory is too deep, or its path so long that an entry's path may
 * be too long.
 */
function isEntered(at: Bytes): boolean {
  // Nearly all paths are short.
  return at.length < maxDepth || (depthOf(at) < maxDepth && ".//".length + at.length < maxPathBytes);
}

import type { Expectation } from "../../intent/expectation";
import { type Finding, finding } from "../../intent/finding";
import type { Evidence } from "../../intent/finding-kinds";
import type { Owner } from "../../intent/owner";
import { type Acl, hasAccessEntries } from "../../model/acl";
import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";

/**
 * Sockets and FIFOs of root that other users may use, in a directory whose contents a resource holds. They are a finding, not
 * drift: a process outside makes them on purpose and chooses owner and mode. `isDeclared` says whether a resource names a path.
 */
export function openChannels(
  entries: ReadonlyMap<Bytes, Live>,
  { at, excluded }: Expectation,
  isDeclared: (path: Bytes) => boolean,
  by: Owner | undefined,
): Finding[] {
  const found: Finding[] = [];
  for (const [path, live] of entries)
    if ((live.type === "socket" || live.type === "fifo") && live.uid === 0 && isForOthers(live))
      if (!isDeclared(path) && !excluded(path) && at(path, "file")?.mode?.hold.is === "value")
        found.push(finding("open-channel", accessOf(live), { at: path, by }));
  return found;
}

function accessOf({ type, uid, gid, mode, acl }: Live): Evidence["open-channel"] {
  return { type, uid, gid, mode, ...(acl ? { acl } : {}) };
}

/** Connecting to a socket needs write permission (unix(7)); reading a FIFO shows the data that others write. */
function isForOthers({ type, gid, mode, acl = [] }: Live): boolean {
  const needed = type === "socket" ? 2 : 6;
  const group = (mode >> 3) & needed;
  return (mode & needed) !== 0 || (group !== 0 && (gid !== 0 || hasNamed(acl)));
}

/** With an ACL the mode's group bits are the mask, which covers the users and groups that the ACL names. */
function hasNamed(acl: Acl): boolean {
  return hasAccessEntries(acl.filter((entry) => !entry.startsWith("group::")));
}

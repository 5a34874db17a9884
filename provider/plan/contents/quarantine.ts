import type { Owner } from "../../intent/owner";
import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { quarantineName } from "../../model/path";
import { type Difference, keepNothing } from "../difference";
import { strayDevice } from "./devices";

/** The directory of entries that were moved away. A look shows it only where users other than root can enter it. */

const quarantine = quarantineName as Bytes;

/** Differences for entries that may never stay as they are, even where no resource declares the path. */
export function stray(
  path: Bytes,
  live: Live,
  device: string | undefined,
  owner: Owner | undefined,
): Difference | undefined {
  return openQuarantine(path, live, owner) ?? strayDevice(path, live, device, owner);
}

/** The difference for a quarantine that must be root's alone again. */
function openQuarantine(path: Bytes, live: Live, owner: Owner | undefined): Difference | undefined {
  if (path !== quarantine || live.type !== "directory" || !owner) return undefined;
  return {
    path,
    owner,
    live,
    want: { uid: 0, mode: { bits: 0o700, mask: 0o7777 } },
    keep: keepNothing,
    reason: "it holds the entries that were moved away, and only root may enter it",
  };
}

/** Whether an entry is in the quarantine. Closing that directory protects the entry, which keeps its own fields. */
export function isMovedAway(path: Bytes, entries: ReadonlyMap<Bytes, Live>, owner: Owner | undefined): boolean {
  return path.startsWith(`${quarantine}/`) && owner !== undefined && entries.get(quarantine)?.type === "directory";
}

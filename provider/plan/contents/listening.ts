import type { Owner } from "../../intent/owner";
import type { Bytes } from "../../model/bytes";
import type { EntryType } from "../../model/entry";
import type { FileFacts } from "../../observe/file-facts";
import type { Observation } from "../../observe/observation";
import { type Difference, keepNothing } from "../difference";

/** A host socket that needs a listener: a socket bound into the jail, or the jail's own log socket. */
export interface Listener {
  readonly by: Owner;
  readonly reason: string;
  /** The path in the jail. */
  readonly at: Bytes;
  /** The path on the host. */
  readonly socket: Bytes;
  /** The host's rsyslog is configured to listen there. */
  readonly isRelayed: boolean;
}

/** An rsyslog configuration of a jail that is declared no more. */
export interface Departed {
  readonly by: Owner;
  /** The configuration file of rsyslog. */
  readonly fragment: Bytes;
}

/** Entries that rsyslog would remove, or could not replace, to make its socket. */
const inTheWay = new Set<EntryType>(["file", "link", "fifo", "unknown"]);

export function listenDifferences(
  listener: Listener | undefined,
  departed: Departed | undefined,
  { entries, files }: Observation,
): Difference[] {
  return [
    ...(listener && files ? [...moved(listener, entries), ...silence(listener, files)] : []),
    ...(departed && files?.places.get(departed.fragment)?.live ? [ended(departed)] : []),
  ];
}

function moved({ by: owner, at: path, reason, isRelayed }: Listener, entries: Observation["entries"]): Difference[] {
  const live = entries.get(path);
  if (!isRelayed || !live || !inTheWay.has(live.type)) return [];
  return [{ path, owner, live, want: { type: "absent" }, keep: keepNothing, reason }];
}

function silence({ by: owner, at: path, socket, reason, isRelayed }: Listener, { places }: FileFacts): Difference[] {
  const { live, listener } = places.get(socket) ?? {};
  const isThere = live?.type === "socket";
  // Another check refuses a bind whose source is no socket.
  if (isThere ? listener !== "nobody" : !isRelayed) return [];
  return [
    {
      path,
      owner,
      live: undefined,
      want: {},
      keep: keepNothing,
      reason,
      silence: { of: isRelayed ? "relay" : "host", live: live?.type ?? "absent", socket },
    },
  ];
}

function ended({ by: owner, fragment: path }: Departed): Difference {
  const reason = "it is not declared any more";
  return { path, owner, live: undefined, want: {}, keep: keepNothing, reason, silence: { of: "departed" } };
}

import type { Owner } from "../intent/claim";
import { type Bytes, show } from "../model/bytes";
import type { EntryType } from "../model/entry";
import type { FileFacts } from "../observe/files";
import type { Observation } from "../observe/observation";
import { type Difference, keepNothing } from "./difference";

/** Somebody has to listen at a socket of the host: at one that is bound in the jail, or at the jail's own one. */
export interface Listener {
  readonly by: Owner;
  readonly reason: string;
  /** In the jail. */
  readonly at: Bytes;
  /** On the host. */
  readonly socket: Bytes;
  /** The host's rsyslog is told to listen at it. */
  readonly isRelayed: boolean;
}

/** What the host's rsyslog was told of a jail, and is not to know any more. */
export interface Departed {
  readonly by: Owner;
  /** The file that tells it. */
  readonly fragment: Bytes;
}

/** What is there instead of somebody who listens. */
export interface Silence {
  /** `host` is for somebody else to end. */
  readonly of: "relay" | "departed" | "host";
  readonly live: string;
  readonly declared: string;
}

/** What rsyslog would remove, or could not replace, to put its socket there. */
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
  // What a bind shows is refused where it is no socket.
  if (isThere ? listener !== "nobody" : !isRelayed) return [];
  return [
    {
      path,
      owner,
      live: undefined,
      want: {},
      keep: keepNothing,
      reason,
      silence: {
        of: isRelayed ? "relay" : "host",
        live: isThere ? "without a listener" : (live?.type ?? "absent"),
        declared: isRelayed ? "with rsyslog as its listener" : `with a listener at ${show(socket)}`,
      },
    },
  ];
}

function ended({ by: owner, fragment: path }: Departed): Difference {
  const text = { live: "rsyslog listens in the jail", declared: "absent" };
  const reason = "it is not declared any more";
  return { path, owner, live: undefined, want: {}, keep: keepNothing, reason, silence: { of: "departed", ...text } };
}

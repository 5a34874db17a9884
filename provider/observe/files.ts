import type { Bytes } from "../model/bytes";
import type { Live } from "../model/entry";

/** What is known of files beyond what a scan tells. */
export interface FileFacts {
  /** Regular files that were asked for, in the jail by their paths and on the host by absolute ones; others are not there. */
  readonly contents: ReadonlyMap<Bytes, LiveContent>;
  /** Why files of the host, by absolute paths, are not read: others than root may have put them there. */
  readonly refused?: ReadonlyMap<Bytes, string>;
  /** Places on the host, by their absolute paths. */
  readonly places: ReadonlyMap<Bytes, HostPlace>;
  /** Which devices those are that are in the jail, as `major:minor`. */
  readonly devices?: ReadonlyMap<Bytes, string>;
  /** Where declared links in the jail point to, on a host whose scan does not tell. */
  readonly targets?: ReadonlyMap<Bytes, Bytes | undefined>;
}

export interface LiveContent {
  /** In bytes. */
  readonly size: number;
  /** Absent where the size was not the one that is declared: nobody reads a file for nothing. */
  readonly sha256?: string;
}

/** What is at a place of the host, outside the jail. */
export interface HostPlace {
  readonly live?: Live;
  /** Why its name is not root's alone to change: a directory above that somebody else may write in, or a link. */
  readonly unsafe?: string;
  /** The first directory above it that is missing; `unsafe` says so, too. */
  readonly missing?: Bytes;
  /** Of a socket, who has bound it; `unknown` where the kernel does not tell. */
  readonly listener?: "datagram" | "other" | "nobody" | "unknown";
}

import type { PlaceProblem } from "../intent/place-problem";
import type { Bytes } from "../model/bytes";
import type { Live } from "../model/entry";

/** Facts about files that a scan does not tell. */
export interface FileFacts {
  /** The requested regular files, in the jail by their paths and on the host by absolute ones; other types are missing here. */
  readonly contents: ReadonlyMap<Bytes, LiveContent>;
  /** The host's words on files that it does not read, by absolute paths: users other than root may have put them there. */
  readonly refused?: ReadonlyMap<Bytes, string>;
  /** Places on the host, by their absolute paths. */
  readonly places: ReadonlyMap<Bytes, HostPlace>;
  /** The numbers of the devices in the jail, as `major:minor`. */
  readonly devices?: ReadonlyMap<Bytes, string>;
  /** The targets of declared links in the jail, on a host whose scan does not tell them. */
  readonly targets?: ReadonlyMap<Bytes, Bytes | undefined>;
}

export interface LiveContent {
  /** In bytes. */
  readonly size: number;
  /** Absent where the size differs from the declared one: then reading the file would tell nothing new. */
  readonly sha256?: string;
}

/** A place of the host outside the jail, and the entry there. */
export interface HostPlace {
  readonly live?: Live;
  /** The reason why users other than root may change its name: they may write in a directory above, or a link is on the way. */
  readonly unsafe?: PlaceProblem;
  /** The kind of socket that is bound there; `unknown` where the kernel does not tell. */
  readonly listener?: "datagram" | "other" | "nobody" | "unknown";
}

import type { Use } from "../../agent/channel/lease";
import type { Site } from "../../agent/site";
import type { ProgramView } from "../../intent/merge";
import type { HostConnections } from "../../ssh/connections";
import type { Log } from "../log/log";
import type { Notices } from "../log/notices";

/** A jail as the program of this process declares it. The host's registry may not know it yet. */
export interface ProcessJail {
  readonly root: string;
  readonly program: ProgramView;
}

/** One jail, and everything that an engine lends to the work on it. */
export interface JailContext {
  readonly site: Site;
  readonly log: Log;
  readonly notices: Notices;
  readonly connections: HostConnections;
  /** Aborted once no more work may begin. */
  readonly signal: AbortSignal;
  /** Other jails of the same host: one program may make several at once, before any registry has them. */
  otherJails(): readonly ProcessJail[];
}

/** A jail, and the way to ask its host. */
export interface HostAccess {
  readonly site: Site;
  readonly use: Use;
}

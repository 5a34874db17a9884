import type { Site } from "../../provider/agent/site";
import { Engine } from "../../provider/engine/engine";
import type { Log } from "../../provider/engine/log/log";
import type { JailSession } from "../../provider/engine/session/jail-session";
import { connections } from "./connections";

/** An engine on the connections of the test file; by default it logs nothing. */
export function newEngine(stop = new AbortController(), log: Log = async () => {}): Engine {
  return new Engine({ log, signal: stop.signal, connections });
}

/** The session of a jail in an engine of its own, as a new process of the provider has it. */
export function newSession(site: Site, log?: Log): JailSession {
  return newEngine(undefined, log).session(site);
}

import type { Site } from "../../provider/agent/site";
import { Engine } from "../../provider/engine/engine";
import type { JailSession } from "../../provider/engine/session/jail-session";
import { connections } from "./connections";

/** An engine that logs nothing, on the connections of the test file. */
export function newEngine(stop = new AbortController()): Engine {
  return new Engine({ log: async () => {}, signal: stop.signal, connections });
}

/** The session of a jail in an engine of its own, as a new process of the provider has it. */
export function newSession(site: Site): JailSession {
  return newEngine().session(site);
}

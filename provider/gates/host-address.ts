import { ChrootError } from "../errors";
import { type Connection, formatHost } from "../model/connection";
import { findRoute } from "../ssh/route";
import type { Failure, Target } from "./target";

/** A host as a probe from this machine sees it. */
interface ProbedHost {
  /** The address that ssh would dial. */
  readonly address: string;
  /** Adds to a failure that ssh goes another way. */
  readonly explained: (failure: Failure | undefined) => Failure | undefined;
}

/** The address of a host, or the reason why it has none. */
function addressOf(connection: Connection): ProbedHost | Failure {
  try {
    const route = findRoute(connection);
    const jump = route.at(-2);
    const way =
      jump && `: asked from this machine, and not through its jump host ${formatHost(jump.server)}; use a command gate`;
    return {
      address: route.at(-1)?.address ?? connection.host,
      explained: (failure) => failure && (way === undefined ? failure : { ...failure, why: failure.why + way }),
    };
  } catch (error) {
    if (!(error instanceof ChrootError)) throw error;
    return { why: error.why, isFinal: true };
  }
}

/** Makes the target of each host from its address. */
export function targetsAt(hosts: ReadonlyMap<string, Connection>, make: (address: string) => Target): Target[] {
  return [...hosts].map(([host, connection]): Target => {
    const found = addressOf(connection);
    if ("why" in found) return { host, probe: async () => found };
    const { probe, ...target } = make(found.address);
    return { ...target, host, probe: async (signal) => found.explained(await probe(signal)) };
  });
}

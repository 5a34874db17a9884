import type { Engine } from "../engine/engine";
import { ChrootError, messageOf } from "../errors";
import { show } from "../model/bytes";
import type { GateTurn } from "../resources/gate/turn-input";

interface Drift {
  readonly isOpen: boolean;
  readonly why?: string;
}

/** Looks again at the jails of a wave, and compares them with everything that this run's program declares. */
export function waveDrift(engine: Engine, jails: GateTurn["jails"]): () => Promise<Drift> {
  return async () => {
    const found = (await Promise.all(jails.map((jail) => driftOf(engine, jail)))).flat();
    const more = found.length > 3 ? [`${found.length - 3} more`] : [];
    return found.length === 0 ? { isOpen: true } : { isOpen: false, why: [...found.slice(0, 3), ...more].join("; ") };
  };
}

async function driftOf(engine: Engine, { host, connection, root }: GateTurn["jails"][number]): Promise<string[]> {
  try {
    const { plan } = await engine.session(engine.siteAt({ connection, root })).assessAgain();
    const [first, ...rest] = plan.differences;
    if (!first) return [];
    return [`${host}: ${root} differs: ${show(first.path)}${rest.length > 0 ? ` and ${rest.length} more` : ""}`];
  } catch (error) {
    return [`${host}: ${root} is not checked: ${error instanceof ChrootError ? error.why : messageOf(error)}`];
  }
}

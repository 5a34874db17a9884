import { formatOnHost, formatSite, type Site } from "../../agent/site";
import { ChrootError, isAway } from "../../errors";
import type { Declaration } from "../../intent/declaration";
import { type Connection, connectionKey, secretConnectionKeys } from "../../model/connection";
import { kinds } from "../../resources/kinds";
import { declaredFiles } from "../assess/host-claims";
import type { Log } from "../log/log";

/** Deletes resources, also on hosts that do not answer. A host that was silent once is not waited for again. */
export class UnreachableHosts {
  readonly #log: Log;
  readonly #failures = new Map<string, ChrootError>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Deletes a resource on its host; from the state alone where the host is gone and its connection says onUnreachable: "skip". */
  async deleteOn(site: Site, declaration: Declaration, work: () => Promise<void>): Promise<void> {
    const isEnough = site.connection.onUnreachable === "skip";
    const key = connectionKey(site.connection);
    const known = this.#failures.get(key);
    try {
      if (known) throw known.at(formatSite(site));
      await work();
    } catch (error) {
      if (!(error instanceof ChrootError) || !isAway(error)) throw explainStateKey(error, site.connection);
      // A host that refuses at once may accept the next moment: it is asked again.
      if (isEnough || error.code === "silent") this.#failures.set(key, error);
      if (!isEnough)
        throw known ? error.because("the host did not answer before", "see there") : error.adding({ remedy });
      const message = `${formatSite(site)}: ${declaration.owner.label} is deleted from the state alone: ${error.reason}; ${remains(site, declaration)} left there`;
      await this.#log("", "warning", message);
    }
  }
}

/** Names the files that stay on an unreachable host. */
function remains(site: Site, declaration: Declaration): string {
  if (kinds.get(declaration.kind)?.declaresJail) return "the jail, the files of its resources, and their records are";
  const places = declaredFiles(declaration, site.root).map(({ at }) => formatOnHost(site, at));
  return places.length === 0 ? "its record is" : `${places.join(", ")} and its record are`;
}

const remedy =
  'if the host is gone for good, set onUnreachable: "skip" in its connection, run pulumi up, then delete again; or drop it from the state at once: pulumi state delete --target-dependents URN (pulumi stack --show-urns lists them)';

/** Whether a host is gone and its connection says that this must not keep the state from changing. */
export function isSkipped(error: unknown, { onUnreachable }: Connection): boolean {
  return error instanceof ChrootError && isAway(error) && onUnreachable === "skip";
}

/** Whether an observation finds that the host is gone, and its connection allows that. */
export async function isGone({ connection }: Site, observe: () => Promise<unknown>): Promise<boolean> {
  if (connection.onUnreachable !== "skip") return false;
  return observe().then(
    () => false,
    (error: unknown) => isSkipped(error, connection),
  );
}

/** Adds to a refused login that the key or password is the state's: the program may have a newer one. */
export function explainStateKey(error: unknown, connection: Connection): unknown {
  const servers = [connection, ...[connection.proxy ?? []].flat()];
  const hasKey = servers.some((server) => secretConnectionKeys.some((key) => server[key] !== undefined));
  if (!(error instanceof ChrootError) || error.code !== "authentication" || !hasKey) return error;
  return error.adding({
    remedy: "the state has this key or password: if the program has a newer one, run `pulumi up` first",
  });
}

import { formatOnHost, formatSite, type Site } from "../agent/site";
import { ChrootError, isAway } from "../errors";
import type { Declaration } from "../intent/declaration";
import { type Connection, connectionKey, secretConnectionKeys } from "../model/connection";
import { kinds } from "../resources/kinds";
import { logToEngine } from "./engine-log";
import { placesOf } from "./neighbours";
import { isEqual, omit, type Values } from "./values";

/** Hosts that did not answer while something was deleted there: none is waited for twice. */
const gone = new Map<string, ChrootError>();

/** Deletes a resource on its host; from the state alone where the host is gone and its connection says that this is enough. */
export async function deleteOn(site: Site, declaration: Declaration, work: () => Promise<void>): Promise<void> {
  const isEnough = site.connection.onUnreachable === "skip";
  const key = connectionKey(site.connection);
  const known = isEnough ? gone.get(key) : undefined;
  try {
    if (known) throw known;
    await work();
  } catch (error) {
    if (!(error instanceof ChrootError) || !isAway(error)) throw ofState(error, site.connection);
    if (!isEnough) throw error.adding({ remedy });
    gone.set(key, error);
    const message = `${formatSite(site)}: ${declaration.owner.label} is deleted from the state alone: ${error.reason}; ${left(site, declaration)} left there`;
    await logToEngine("", "warning", message);
  }
}

/** What stays on a host that nobody can reach. */
function left(site: Site, declaration: Declaration): string {
  if (kinds.get(declaration.kind)?.declaresJail)
    return "the jail, what its files and wrappers have put there, and their records are";
  const places = placesOf(declaration, site.root).map(({ at }) => formatOnHost(site, at));
  return places.length === 0 ? "its record is" : `${places.join(", ")} and its record are`;
}

const remedy =
  'if the host is gone for good, set onUnreachable: "skip" in its connection, run pulumi up, then delete again, or use pulumi state delete';

/** Whether nothing but the way to the host is new, such as a key. */
export function isOtherWay(olds: Values, news: Values): boolean {
  const ways = ["connection", "jail"];
  return isEqual(omit(olds, ways), omit(news, ways)) && !isEqual(olds, news);
}

/** Whether a host that is gone is to keep nothing from being changed in the state. */
export function isSkipped(error: unknown, { onUnreachable }: Connection): boolean {
  return error instanceof ChrootError && isAway(error) && onUnreachable === "skip";
}

/** An error on a way that only the state knows: the program may have another key by now. */
export function ofState(error: unknown, connection: Connection): unknown {
  const servers = [connection, ...[connection.proxy ?? []].flat()];
  const hasKey = servers.some((server) => secretConnectionKeys.some((key) => server[key] !== undefined));
  if (!(error instanceof ChrootError) || error.code !== "authentication" || !hasKey) return error;
  return error.adding({
    remedy: "the state has this key or password: if the program has a newer one, run `pulumi up` first",
  });
}

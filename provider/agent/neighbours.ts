import { basename, dirname } from "node:path";
import { parseRecord, type RegistryRecord } from "../intent/declaration";
import { utf8Of } from "../model/bytes";
import type { Agent } from "./agent";
import { printedFiles } from "./records";
import { emptyList, expectDone, type List } from "./reply";
import { formatSite, type Site } from "./site";

/**
 * Of all registries of a host, by their names, the records of what resources put there beside their jails, and those of the
 * jails themselves. What cannot be read as a record says nothing.
 */
export async function neighboursOf(agent: Agent, site: Site): Promise<Map<string, RegistryRecord[]>> {
  const what = "cannot read the registries of other jails";
  const { lists } = expectDone(await agent.request("neighbours"), what, formatSite(site));
  return recordsOfRegistries(lists.get("neighbours"));
}

/** Records by the names of their registries, of what tail has printed. */
export function recordsOfRegistries({ pieces }: List = emptyList): Map<string, RegistryRecord[]> {
  const found = new Map<string, RegistryRecord[]>();
  for (const [path, text] of printedFiles(pieces)) {
    const record = parseRecord(basename(path), utf8Of(text));
    const registry = basename(dirname(path));
    if (!("why" in record)) found.set(registry, [...(found.get(registry) ?? []), record]);
  }
  return found;
}

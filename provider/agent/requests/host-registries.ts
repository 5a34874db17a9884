import { basename, dirname } from "node:path";
import { parseRecord, type RegistryRecord } from "../../intent/registry-record";
import { utf8Of } from "../../model/bytes";
import type { Agent } from "../channel/agent";
import { ask } from "../channel/ask";
import { emptyList, expectDone, type List } from "../channel/reply";
import { formatSite } from "../site";
import { printedFiles } from "./registry-lines";

/**
 * Reads all registries of a host, by their names: the records of resources with places beside their jails, and those of
 * the jails themselves. A damaged record is left out.
 */
export async function registriesOfHost(agent: Agent): Promise<Map<string, RegistryRecord[]>> {
  const what = "cannot read the registries of other jails";
  const { lists } = expectDone(await ask(agent, "neighbours"), what, formatSite(agent.site));
  const list = lists.get("neighbours");
  // xargs ends with 123 where a record has gone meanwhile; a record that is not seen would be overwritten.
  const others = (list?.error ?? "")
    .split("\n")
    .filter((line) => line !== "" && !/: No such file or directory$/.test(line));
  if (list && (list.status > 123 || others.length > 0))
    expectDone({ ...list, error: others.join("\n") }, what, formatSite(agent.site));
  return recordsOfRegistries(list);
}

/** Reads records, by the names of their registries, from the output of tail. */
export function recordsOfRegistries({ pieces }: List = emptyList): Map<string, RegistryRecord[]> {
  const found = new Map<string, RegistryRecord[]>();
  for (const [path, text] of printedFiles(pieces)) {
    const record = parseRecord(basename(path), utf8Of(text));
    const registry = basename(dirname(path));
    if (!("why" in record)) found.set(registry, [...(found.get(registry) ?? []), record]);
  }
  return found;
}

import type { Agent } from "../../agent/channel/agent";
import * as registries from "../../agent/requests/host-registries";
import * as host from "../../agent/requests/observe";
import * as registry from "../../agent/requests/registry";
import type { Site } from "../../agent/site";
import { readKnown } from "../../intent/known-findings";
import type { Damage, RegistryRecord } from "../../intent/registry-record";
import { argumentDamage, rootAlone } from "../../resources/argument-damage";
import type { HostConnections } from "../../ssh/connections";

/**
 * The registry of a host with only readable records: a record with unreadable arguments counts as damaged, whatever else its
 * registry has. The planning code never gets such a record.
 */

type Told = Awaited<ReturnType<typeof host.look>>;
type Looked = Omit<Told, "known">;

export async function observe(connections: HostConnections, site: Site): Promise<Looked> {
  return looked(await host.observe(connections, site));
}

export async function lockAndLook(agent: Agent, mode: "-s" | "-x"): Promise<Looked> {
  return looked(await host.lockAndLook(agent, mode));
}

export async function look(...args: Parameters<typeof host.look>): Promise<Looked> {
  return looked(await host.look(...args));
}

/** Findings of another machine came with a copy of its disk: they tell nothing of this one. */
function looked({ known, ...told }: Told): Looked {
  const earlier = known === undefined ? undefined : readKnown(known);
  return { ...readable(told), ...(earlier?.machine === told.machineId ? { earlier } : {}) };
}

export async function readRegistry(agent: Agent): ReturnType<typeof registry.readRegistry> {
  return readable(await registry.readRegistry(agent));
}

/** Skips a damaged record of another jail: that jail reports it. */
export async function readableRegistries(agent: Agent): ReturnType<typeof registries.registriesOfHost> {
  const found = await registries.registriesOfHost(agent);
  return new Map([...found].map(([name, records]) => [name, records.filter((record) => !argumentDamage(record))]));
}

interface Read {
  readonly records: readonly RegistryRecord[];
  readonly damaged: readonly Damage[];
  readonly nested?: readonly RegistryRecord[];
}

function readable<T extends Read>(read: T): T {
  const damaged = read.records.flatMap((record): Damage[] => {
    const why = argumentDamage(record);
    return why ? [{ file: `${record.token}.json`, why }] : [];
  });
  const isDamaged = ({ token }: RegistryRecord) => damaged.some(({ file }) => file === `${token}.json`);
  const records = read.records.filter((record) => !isDamaged(record));
  const nested = read.nested?.map(asPlace);
  return { ...read, records, damaged: [...read.damaged, ...damaged], ...(nested ? { nested } : {}) };
}

/** The place of another jail is known even where its record cannot be read: then it excludes nothing. */
function asPlace(record: RegistryRecord): RegistryRecord {
  return argumentDamage(record) === undefined ? record : rootAlone(record);
}

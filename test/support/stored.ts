import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import type { DynamicProvider, Values } from "./dynamic-provider";
import type { LabHost } from "./sshd";

/** A resource as a release has stored it: in the state, and in the host's registry. */
export interface Stored {
  readonly urn: string;
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
  readonly record: Values;
}

interface StoredJail {
  /** The name of its registry. */
  readonly registry: string;
  readonly resources: readonly Stored[];
}

/**
 * The fixture's state, which a release has stored in a real `up`, moved to this host. `corrected` replaces an argument that
 * is refused since then, as a person would.
 */
export async function storedState<T extends Pick<StoredJail, "registry"> = StoredJail>(
  name: string,
  host: LabHost,
  connection: Values,
  corrected: (value: Values, key: string) => Values = (value) => value,
): Promise<T> {
  const file = join(__dirname, "..", "..", "..", "test", "fixtures", "state", `${name}.json`);
  const machine = (await host.must("cat /etc/machine-id")).trim();
  return JSON.parse(readFileSync(file, "utf8"), (key, value) => {
    if (key === "connection" || key === "__connection") return connection;
    if (key === "machine" || key === "machineId") return machine;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? corrected(value, key) : value;
  });
}

/** The inputs that the program gives to a stored resource, without the ones that check() adds. */
export function newsOf({ inputs }: Pick<Stored, "inputs">): Values {
  const { token: _, __token: __, drift: ___, ...news } = inputs;
  return news;
}

/** The id of a resource, from its inputs or outputs of any release. */
export function tokenOf(values: Values): unknown {
  return values["__token"] ?? values["token"];
}

/** An object of a state with the names that release 0.1.0 has written. */
export function earlierNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("__token" in value)) return value;
  const { __connection: connection, __changed: _, jail, ...values } = value as Values;
  const plain = (key: string) => (key === "__provider" ? key : key.replace(/^__/, ""));
  const renamed = Object.fromEntries(Object.entries(values).map(([key, one]) => [plain(key), one]));
  return connection === undefined ? renamed : { ...renamed, jail: { ...(jail as Values), connection } };
}

/** Puts their records into a registry of the host. */
export async function storeRecords(host: LabHost, registry: string, resources: readonly Stored[]): Promise<void> {
  const directory = `/var/lib/pulumi-chroot/${registry}`;
  await host.must(`mkdir -p ${directory}; chmod -R 0700 /var/lib/pulumi-chroot`);
  for (const { id, record } of resources)
    await host.must(`cat >${directory}/${id}.json`, { stdin: JSON.stringify(record) });
}

/** Reads stored resources on a host that has nothing of them: each stays, and differs. */
export async function expectDrift(provider: DynamicProvider, resources: readonly Stored[]): Promise<void> {
  for (const { id, outputs } of resources) {
    const read = await provider.read(id, outputs);
    expect(read.id).toBe(id);
    assert.notDeepEqual(read.outs["drift"], {}, "nothing is there");
  }
}

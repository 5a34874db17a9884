import type { Claim, Owner } from "./claim";

/** A resource as somebody declared it: by the program that runs, by the state, or by a record in the host's registry. */
export interface Declaration {
  /** Kind of resource: `Jail`, `PermissionRule`. */
  readonly kind: string;
  readonly owner: Owner;
  /** The checked arguments, without connection. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a kind of resource means, without any I/O. One per folder of `resources/`. */
export interface Kind {
  readonly name: string;
  /** At most one resource of this kind per root: the one that declares the jail. */
  readonly declaresJail: boolean;
  claims(declaration: Declaration): Claim[];
}

/** Kinds by name. */
export type Kinds = ReadonlyMap<string, Kind>;

/** The version of a record's shape. A record with a higher one was written by a later release. */
export const recordSchema = 1;

/** A declaration in the host's registry: what other stacks, other languages, refresh and destroy know of a resource. */
export interface RegistryRecord {
  readonly schema: number;
  readonly kind: string;
  readonly token: string;
  readonly label: string;
  /** `project/stack`; for people, and to tell own from foreign. */
  readonly stack: string;
  /** machine-id of the host it was written on: a record in a copied file system does not count on the copy. */
  readonly machine: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export function toRecord(
  { kind, owner, args }: Declaration,
  token: string,
  stack: string,
  machine: string,
): RegistryRecord {
  return { schema: recordSchema, kind, token, label: owner.label, stack, machine, args };
}

/** Reads a record; a string says why it is none. */
export function parseRecord(text: string): RegistryRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "is not JSON";
  }
  if (typeof value !== "object" || value === null) return "is not a record";
  const record = value as Partial<RegistryRecord>;
  const texts = [record.kind, record.token, record.label, record.stack, record.machine];
  if (typeof record.schema !== "number" || texts.some((text) => typeof text !== "string")) return "is not a record";
  if (record.schema > recordSchema) return "was written by a later release of pulumi-chroot";
  if (typeof record.args !== "object" || record.args === null) return "is not a record";
  return record as RegistryRecord;
}

/**
 * Records after some are written. One of the same resource under another token is stale: its state was lost, or the
 * resource is being replaced, and the new one has taken over.
 */
export function succeed(
  records: readonly RegistryRecord[],
  written: readonly RegistryRecord[],
): { kept: RegistryRecord[]; stale: RegistryRecord[] } {
  const isWritten = ({ token }: RegistryRecord) => written.some((one) => one.token === token);
  const isStale = ({ stack, label }: RegistryRecord) =>
    written.some((one) => one.stack === stack && one.label === label);
  const others = records.filter((record) => !isWritten(record));
  return { kept: others.filter((record) => !isStale(record)), stale: others.filter(isStale) };
}

/**
 * Records that go when one resource is deleted: its own, if it is still there (a successor may have taken over), and with
 * a jail's the rest of its stack, unless another jail of that stack has the root now. `claimed` are labels that the jail's
 * state knows as its own: after `pulumi stack rename` some records bear the old name and some the new one.
 */
export function departures(
  records: readonly RegistryRecord[],
  token: string,
  claimed: readonly string[],
  kinds: Kinds,
): string[] {
  const own = records.find((record) => record.token === token);
  if (!own) return [];
  if (!kinds.get(own.kind)?.declaresJail) return [token];
  const project = own.stack.split("/")[0];
  const isOwn = ({ stack, label }: RegistryRecord) =>
    stack === own.stack || (claimed.includes(label) && stack.split("/")[0] === project);
  const ofStack = records.filter(isOwn);
  const successor = ofStack.some((record) => record !== own && kinds.get(record.kind)?.declaresJail);
  return successor ? [token] : ofStack.map((record) => record.token);
}

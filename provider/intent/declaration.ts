import { bytesOf, show } from "../model/bytes";
import type { Digest } from "../model/digest";
import type { Claim, Owner } from "./claim";
import type { Created } from "./created";

/** A resource as somebody declared it: by the program that runs, by the state, or by a record in the host's registry. */
export interface Declaration {
  /** Kind of resource: `Jail`, `PermissionRule`. */
  readonly kind: string;
  readonly owner: Owner;
  /** The checked arguments, without connection, and without what no other resource may know (a content). */
  readonly args: Readonly<Record<string, unknown>>;
  /** What the resource puts into a file, where it is this process that declares it. */
  readonly content?: { readonly digest: Digest; readonly isSecret: boolean };
}

/** What a kind of resource means, without any I/O. One per folder of `resources/`. */
export interface Kind {
  readonly name: string;
  /** At most one resource of this kind per root: the one that declares the jail. */
  readonly declaresJail: boolean;
  claims(declaration: Declaration): Claim[];
  /** Users and groups that have to exist on the host, beside those of the claims. */
  accounts?(declaration: Declaration): Accounts;
}

/** Names of users and groups. */
export interface Accounts {
  readonly users: readonly string[];
  readonly groups: readonly string[];
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
  /** Names that its stack had before `pulumi stack rename`: other records of the stack may still bear them. */
  readonly formerly?: readonly string[];
  /** Places of files and links that were not there before the resource put them there: they go with it. */
  readonly made?: readonly string[];
  /** Paths in the jail where the resource has mounted something: what it declares, and what it has not unmounted yet. */
  readonly mounts?: readonly string[];
  /** The host's rsyslog was told to listen in the jail, and is until it is told otherwise. */
  readonly relayed?: true;
  /** Its log socket was changed, and no line has come out of it since. */
  readonly unproved?: true;
  /** Of a jail, what was made there where nothing was before; records of earlier releases have none. */
  readonly created?: Created;
  /** The number of the user that what was written starts a daemon as. */
  readonly uid?: number;
  /** A file was changed, and the command that makes it count has not ended well since. */
  readonly pending?: true;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The record of a declaration, which may have one already. */
export function toRecord(
  { kind, owner, args }: Declaration,
  token: string,
  stack: string,
  machine: string,
  records: readonly RegistryRecord[],
): RegistryRecord {
  const last = records.find((record) => record.token === token);
  const formerly = last ? stacksOf(last).filter((name) => name !== stack) : [];
  const renamed = formerly.length > 0 ? { formerly } : {};
  return { schema: recordSchema, kind, token, label: owner.label, stack, machine, ...renamed, args };
}

/** The names that a record's stack has had. */
export function stacksOf({ stack, formerly = [] }: RegistryRecord): string[] {
  return [...new Set([stack, ...formerly])];
}

/** A file in the registry that cannot be read as a record. */
export interface Damage {
  readonly file: string;
  readonly why: string;
  /** It may well be a claim that counts, of a later release: nothing may be changed over it. */
  readonly isLater: boolean;
}

/** Reads a record from a file of the registry, which is named after its token. */
export function parseRecord(file: string, text: string): RegistryRecord | Damage {
  const damage = (why: string, isLater = false) => ({ file, why, isLater });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return damage("is not JSON");
  }
  if (typeof value !== "object" || value === null) return damage("is not a record");
  const record = value as Partial<RegistryRecord>;
  if (typeof record.schema === "number" && record.schema > recordSchema)
    return damage("was written by a later release of pulumi-chroot: use that release", true);
  // They are printed, and a host may be somebody else's by now.
  const texts = [record.kind, record.label, record.stack, record.machine];
  const isRecord =
    record.schema === recordSchema &&
    texts.every((one) => typeof one === "string" && one === show(bytesOf(one))) &&
    /^[0-9a-f]{32}$/.test(record.token ?? "") &&
    file === `${record.token}.json` &&
    typeof record.args === "object" &&
    record.args !== null;
  return isRecord ? (value as RegistryRecord) : damage("is not a record");
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
 * a jail's the rest of its stack, unless another jail of that stack has the root now. Its own comes last: whoever is cut short
 * finds the others by it.
 */
export function departures(records: readonly RegistryRecord[], token: string, kinds: Kinds): string[] {
  const own = records.find((record) => record.token === token);
  if (!own) return [];
  if (!kinds.get(own.kind)?.declaresJail) return [token];
  const names = stacksOf(own);
  const ofStack = records.filter((record) => stacksOf(record).some((name) => names.includes(name)));
  const others = ofStack.filter((record) => record !== own);
  const successor = others.some((record) => kinds.get(record.kind)?.declaresJail);
  return successor ? [token] : [...others.map((record) => record.token), token];
}

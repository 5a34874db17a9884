import { type Bytes, printable, show } from "../model/bytes";
import type { Created } from "./created";
import type { Declaration } from "./declaration";
import type { RecordProblem } from "./record-problem";

/** The version of a record's shape. A record with a higher one was written by a later release. */
export const recordSchema = 1;

/** The decision about `X` for each file of root's since it was first seen: paths, a byte a character. */
export interface Decided {
  readonly programs: readonly string[];
  readonly plain: readonly string[];
}

/** A declaration in the host's registry: through it other stacks, other languages, refresh and destroy know a resource. */
export interface RegistryRecord {
  readonly schema: number;
  readonly kind: string;
  readonly token: string;
  readonly label: string;
  /** `project/stack`; for people, and to tell own from foreign. */
  readonly stack: string;
  /** machine-id of the host where it was written: a record in a copied file system does not count on the copy. */
  readonly machine: string;
  /** Names of its stack before `pulumi stack rename`: other records of the stack may still bear them. */
  readonly formerly?: readonly string[];
  /** Places of files and links that did not exist before the resource put them there: they go with it. */
  readonly made?: readonly string[];
  /** The resource's mounts in the jail: the declared ones, and earlier ones that are not unmounted yet. */
  readonly mounts?: readonly string[];
  /** The host's rsyslog is configured to listen in the jail, until its configuration is removed. */
  readonly relayed?: true;
  /** Its log socket was changed, and no line has come out of it since. */
  readonly unproved?: true;
  /** The entries that were made for a jail where there were none; records of earlier releases have none. */
  readonly created?: Created;
  /** The uid of the user that the written script or unit starts a daemon as. */
  readonly uid?: number;
  /** The decisions about `X`, where it states file modes. */
  readonly decided?: Decided;
  /** A file was changed, and the command that makes it count has not succeeded since. */
  readonly pending?: true;
  /**
   * How the program declares it: together with its Jail, later, or no more. In the last case it counts for no stack, and stays
   * for the files that go with it. Records of earlier releases, and of stacks without the Jail, do not say.
   */
  readonly declared?: "with its Jail" | "later" | "no more";
  readonly args: Readonly<Record<string, unknown>>;
}

/** The record of a declaration; `last` is its present record, or the one that it takes over from. */
export function toRecord(
  { kind, owner, args }: Declaration,
  { token, stack, machine }: Pick<RegistryRecord, "token" | "stack" | "machine">,
  last: RegistryRecord | undefined,
): RegistryRecord {
  const formerly = last ? stacksOf(last).filter((name) => name !== stack) : [];
  const renamed = formerly.length > 0 ? { formerly } : {};
  return { schema: recordSchema, kind, token, label: owner.label, stack, machine, ...renamed, args };
}

/** The declaration in a record. */
export function declarationOf({ kind, token, label, args }: RegistryRecord): Declaration {
  return { kind, owner: { token, label }, args };
}

/** Whether the resource put a file or a link at this place where nothing was before. */
export function hasMade({ made }: RegistryRecord, place: Bytes): boolean {
  return made?.includes(show(place)) === true;
}

/** All names of a record's stack, present and earlier. */
export function stacksOf({ stack, formerly = [] }: RegistryRecord): string[] {
  return [...new Set([stack, ...formerly])];
}

/** A file in the registry that cannot be read as a record. */
export interface Damage {
  readonly file: string;
  readonly why: RecordProblem;
}

/** Reads a record from a file of the registry, which is named after its token. */
export function parseRecord(file: string, text: string): RegistryRecord | Damage {
  const damage = (problem: "no-json" | "no-record" | "later-release") => ({ file, why: { problem } });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return damage("no-json");
  }
  if (typeof value !== "object" || value === null) return damage("no-record");
  const record = value as Partial<RegistryRecord>;
  if (typeof record.schema === "number" && record.schema > recordSchema) return damage("later-release");
  // These texts are printed, and another user may control the host by now.
  const texts = [record.kind, record.label, record.stack, record.machine];
  const isRecord =
    record.schema === recordSchema &&
    texts.every((one) => typeof one === "string" && one === printable(one) && !one.includes("\n")) &&
    /^[0-9a-f]{32}$/.test(record.token ?? "") &&
    file === `${record.token}.json` &&
    isMap(record.args) &&
    [record.formerly, record.made, record.mounts].every(isList) &&
    isListed(record.created) &&
    (record.decided === undefined || [record.decided.programs, record.decided.plain].every(Array.isArray)) &&
    isListed(record.decided);
  return isRecord ? (value as RegistryRecord) : damage("no-record");
}
function isMap(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A list of texts; an absent value counts as one too. */
function isList(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((item) => typeof item === "string"));
}

/** Lists of texts by key. */
function isListed(value: unknown): boolean {
  return value === undefined || (isMap(value) && Object.values(value as object).every(isList));
}

import { asciiJson } from "../model/ascii-json";
import type { Bytes } from "../model/bytes";
import { type Finding, isRefusal } from "./finding";

/** The findings that a change has left in a jail, by their keys: later looks tell new findings by them. */
export interface KnownFindings {
  /** The machine-id of their host. */
  readonly machine: string;
  /** They name every undeclared entry. */
  readonly hasAllEntries: boolean;
  readonly keys: readonly string[];
}

/** The most findings that are remembered: a daemon can make any number. With more of them none counts as known. */
const most = 2000;
/** Undeclared entries that a plan names of each class at most; a list of so many may lack some. */
const mostEntries = 20;

/**
 * A finding without its numbers, as text: a process gets another number when it starts again, and the finding is the same. The order
 * of properties does not count.
 */
export function keyOf({ id, at, by, evidence }: Finding): string {
  if (id === "undeclared-entry") return entryKey(at);
  return JSON.stringify([id, at ?? "", by?.label ?? "", evidence], (_, value) => {
    if (typeof value === "number") return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

export function entryKey(at: Bytes | undefined): string {
  return JSON.stringify(["undeclared-entry", at ?? ""]);
}

/** Whether a key is of a finding about running processes. */
export function isAboutProcesses(key: string): boolean {
  return key.startsWith('["process');
}

export function knownFindings(
  machine: string,
  findings: readonly Finding[],
  { undeclared, processes }: { readonly undeclared: string; readonly processes: readonly string[] },
): KnownFindings | undefined {
  const entries = findings.filter(({ id }) => id === "undeclared-entry");
  const isCut = findings.some(({ id }) => id === "more-undeclared-entries");
  const accepted = entries.filter((finding) => finding.accepted !== undefined).length;
  const keys = new Set([...findings.filter((finding) => !isRefusal(finding)).map(keyOf), ...processes]);
  if (keys.size > most) return undefined;
  const hasAllEntries = undeclared !== "ignore" && !isCut && accepted < mostEntries;
  return { machine, hasAllEntries, keys: [...keys].sort() };
}

/** The text of a file with known findings. */
export function knownText(known: KnownFindings | undefined): string {
  return asciiJson({ version: 1, ...known });
}

/** Reads such a file; undefined for any other text, for a later release's, and where none is known. */
export function readKnown(text: string): KnownFindings | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { version, machine, hasAllEntries, keys } = value as Partial<KnownFindings> & { readonly version?: unknown };
  const isKnown =
    version === 1 &&
    typeof machine === "string" &&
    typeof hasAllEntries === "boolean" &&
    Array.isArray(keys) &&
    keys.length <= most &&
    keys.every((key) => typeof key === "string");
  return isKnown ? { machine, hasAllEntries, keys } : undefined;
}

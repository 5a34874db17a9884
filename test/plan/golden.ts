import type { Declaration } from "../../provider/intent/declaration";
import type { FindingOf } from "../../provider/intent/finding";
import type { KnownFindings } from "../../provider/intent/known-findings";
import { type Merged, merge } from "../../provider/intent/merge";
import { formatOwner, type Owner } from "../../provider/intent/owner";
import type { RegistryRecord } from "../../provider/intent/registry-record";
import { type Bytes, bytesOf, show } from "../../provider/model/bytes";
import type { EntryType, Live, Principals } from "../../provider/model/entry";
import { formatMode } from "../../provider/model/mode";
import type { Observation } from "../../provider/observe/observation";
import { linksOf } from "../../provider/plan/contents/links";
import { type Plan, plan } from "../../provider/plan/plan";
import type { Step } from "../../provider/plan/steps";
import { differenceText } from "../../provider/render/text/difference-text";
import { findingText } from "../../provider/render/text/findings/finding-text";
import { kinds } from "../../provider/resources/kinds";
import { uncheckedIn } from "../support/findings";

type Args = Readonly<Record<string, unknown>>;

/** One case of test/fixtures/plan: the declaration, the host's tree, and the expected plan. */
export interface Case {
  readonly name: string;
  /** Default `proj/dev`. */
  readonly stack?: string;
  /** Over {@link defaultJail}; null for a program without a Jail. Its label is `Jail::named`. */
  readonly jail?: Args | null;
  /** Further Jails of the program, by name. */
  readonly jails?: Readonly<Record<string, Args>>;
  /** By name; a label is `PermissionRule::<name>`. */
  readonly rules?: Readonly<Record<string, Args>>;
  /** The claims of files without their contents; a label is `JailFile::<name>`. */
  readonly files?: Readonly<Record<string, Args>>;
  /** Names of rules that only the Jail's turn has told of, so without a token. */
  readonly untold?: readonly string[];
  /** Default: the Jail's own, so that it is registered. */
  readonly records?: readonly Omit<RegistryRecord, "schema" | "machine">[];
  readonly departed?: readonly string[];
  /** Labels that have left the program although they are protected. */
  readonly held?: readonly string[];
  /** Beside the root itself: `<type> <user>:<group> <mode>[ acl=a,b][ caps=text][ links=N][ inode=N][ -> target]`. */
  readonly entries?: Readonly<Record<string, string>>;
  readonly root?: "absent" | string;
  readonly mounts?: readonly string[];
  /** Places that the look passed over, each with the host's complaint. */
  readonly unseen?: Readonly<Record<string, string>>;
  /** The aspects that the host has tools for; default: all. */
  readonly can?: Partial<Observation["can"]>;
  /** Owners that are converged; default: all that the program declares. */
  readonly converge?: readonly string[];
  readonly expect: {
    readonly differences?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** By owner; a text in full, or parts that it has to contain. */
    readonly refusals?: Readonly<Record<string, readonly (string | readonly string[])[]>>;
    /** By owner: `<path>: <the first words of why>`. */
    readonly unchecked?: Readonly<Record<string, readonly string[]>>;
    readonly undeclared?: readonly string[];
    readonly late?: readonly string[];
    /** Rules that change nothing: `<name>`, or `<name> < <name of the one that overrides it>`. */
    readonly dead?: readonly string[];
    /** In the order of the commands: `<action> <path>[ close=mode][ uid:gid][ acl=a,b][ mode][ caps=text]` */
    readonly steps?: readonly string[];
  };
}

const defaultJail = {
  root: "/chroot/named",
  user: "named",
  group: "named",
  baseline: { owner: "root", group: "named", fileMode: "0640", directoryMode: "0750" },
};

const ids: readonly (readonly [string, number])[] = [
  ["root", 0],
  ["named", 53],
  ["bob", 1000],
];
const principals: Principals = {
  uids: new Map(ids),
  gids: new Map(ids),
  users: new Map(ids.map(([name, id]) => [id, name])),
  groups: new Map(ids.map(([name, id]) => [id, name])),
  primary: new Map(ids),
};

function entryOf(text: string, inode: number): Live {
  const match =
    /^(.+?) (\w+):(\w+) ([0-7]{4})(?: acl=(\S+))?(?: caps=(\S+))?(?: links=(\d+))?(?: inode=(\d+))?(?: unread=(\S+))?(?: -> (.+))?$/.exec(
      text,
    );
  if (!match) throw new Error(`not an entry: ${text}`);
  const [, type, user = "", group = "", mode = "", acl, capabilities, links = "1", at = `${inode}`, unread, target] =
    match;
  return {
    type: type as EntryType,
    uid: principals.uids.get(user) ?? Number(user),
    gid: principals.gids.get(group) ?? Number(group),
    mode: Number.parseInt(mode, 8),
    links: Number(links),
    inode: `1:${at}`,
    ...(acl === undefined ? {} : { acl: acl.split(",").sort() }),
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(unread === undefined ? {} : { unread: { problem: "unreadable" as const, told: unread } }),
    ...(target === undefined ? {} : { target: bytesOf(target) }),
  };
}

export function mergedOf(given: Case): Merged {
  const jails = { ...(given.jail === null ? {} : { named: given.jail ?? {} }), ...given.jails };
  const declarations: Declaration[] = [
    ...Object.entries(jails).map(([name, args]) => ({
      kind: "Jail",
      owner: { token: `jail-${name}`, label: `Jail::${name}` },
      args: { ...defaultJail, ...args },
    })),
    ...Object.entries(given.rules ?? {}).map(([name, args]) => ({
      kind: "PermissionRule",
      owner: { label: `PermissionRule::${name}`, ...(given.untold?.includes(name) ? {} : { token: `rule-${name}` }) },
      args: { reason: `why ${name}`, ...args },
    })),
    ...Object.entries(given.files ?? {}).map(([name, args]) => ({
      kind: "JailFile",
      owner: { token: `file-${name}`, label: `JailFile::${name}` },
      args: { reason: `why ${name}`, ...args },
    })),
  ];
  return merge(
    { stack: given.stack ?? "proj/dev", declarations, departed: new Set(given.departed), held: new Set(given.held) },
    recordsOf(given),
    kinds,
  );
}

function recordsOf(given: Case): RegistryRecord[] {
  const own = { kind: "Jail", token: "jail-named", label: "Jail::named", stack: "proj/dev", args: {} };
  const records = given.records ?? (given.jail === null ? [] : [own]);
  return records.map((record) => ({
    schema: 1,
    machine: "m",
    ...record,
    args: record.kind === "Jail" ? { ...defaultJail, ...record.args } : { reason: "theirs", ...record.args },
  }));
}

export function observationOf(given: Case): Observation {
  const root = given.root ?? "directory root:named 0750";
  const all = { ...(root === "absent" ? {} : { ".": root }), ...given.entries };
  const entries = Object.entries(all).map(([path, text], at): [Bytes, Live] => [
    bytesOf(path),
    entryOf(text, 1000 + at),
  ]);
  return {
    entries: new Map(entries),
    mounts: (given.mounts ?? []).map(bytesOf),
    unseen: Object.entries(given.unseen ?? {}).map(([at, told]) => ({
      at: bytesOf(at),
      why: { problem: "unreadable" as const, told },
    })),
    principals,
    records: recordsOf(given),
    damaged: [],
    leftSealed: [],
    machineId: "m",
    can: { acl: true, capabilities: true, ...given.can },
    gaps: [],
    notices: [],
  };
}

/** Own resources, which an `up` converges. */
export function ownersOf(given: Case, { declarations }: Merged): Owner[] {
  const own = declarations.map(({ owner }) => owner).filter(({ stack }) => stack === undefined);
  return given.converge ? own.filter(({ label }) => given.converge?.includes(label)) : own;
}

/** Moves the intent to the places that the links of the tree lead to. */
export function followed(merged: Merged, observation: Observation): Merged {
  return { ...merged, intent: linksOf(merged.intent, observation, []).intent(merged.intent) };
}

/** `earlier` are the findings that the last `up` has left. */
export function planOf(given: Case, earlier?: KnownFindings): { merged: Merged; observation: Observation; plan: Plan } {
  const observation = { ...observationOf(given), ...(earlier ? { earlier } : {}) };
  const merged = followed(mergedOf(given), observation);
  return { merged, observation, plan: plan(merged, observation) };
}

/** Owner, path and text of each difference, in order. */
export function textsOf({ differences }: Plan): [string, string, string][] {
  return differences.map((difference) => {
    const { live, declared, marks } = differenceText(difference, { principals });
    return [formatOwner(difference.owner), show(difference.path), `${live} => ${declared}${marks}`];
  });
}

/** By owner, the parts of a jail that are not checked. */
export function uncheckedTexts(plan: Plan): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const one of uncheckedIn(plan)) {
    const { by, at } = one;
    const name = by ? formatOwner(by) : "";
    found[name] = [...(found[name] ?? []), `${at === undefined ? "" : show(at)}: ${findingText(one)}`];
  }
  return found;
}

export function deadIn({ findings }: Plan): FindingOf<"dead-rule">[] {
  return findings.flatMap((one) => (one.id === "dead-rule" ? [one] : []));
}

/** Rules that change nothing, with the owners that override them. */
export function deadText(plan: Plan): string[] {
  return deadIn(plan).map(
    ({ by, evidence: { coveredBy } }) =>
      (by ? formatOwner(by) : "") + (coveredBy ? ` < ${formatOwner(coveredBy)}` : ""),
  );
}

export function stepText({ path, action, close, owner, acl, mode, capabilities }: Step): string {
  const parts = [
    `${action} ${show(path)}`,
    ...(close === undefined ? [] : [`close=${formatMode(close)}`]),
    ...(owner ? [`${owner.uid}:${owner.gid}`] : []),
    ...(acl ? [`acl=${acl.join() || "none"}`] : []),
    ...(mode === undefined ? [] : [formatMode(mode)]),
    ...(capabilities === undefined ? [] : [`caps=${capabilities || "none"}`]),
  ];
  return parts.join(" ");
}

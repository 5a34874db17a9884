import type { Claim } from "../../intent/claim";
import type { Conflict, Expectation } from "../../intent/expectation";
import { type Finding, finding } from "../../intent/finding";
import type { Merged } from "../../intent/merge";
import type { Owner } from "../../intent/owner";
import type { Bytes } from "../../model/bytes";
import type { Live } from "../../model/entry";
import { principalId } from "../../model/entry";
import { isBelowEtc } from "../../model/path";
import { type Observation, rootOf } from "../../observe/observation";

/** Refuses a root that holds entries and that no declaration has adopted, and shows them in full. */
export function adoption({ jail }: Merged, observation: Observation): Finding[] {
  if (!jail || jail.intent.isAdopted || !rootOf(observation) || observation.entries.size === 1) return [];
  const registered = observation.records.some(({ kind }) => kind === jail.kind);
  if (registered) return [];
  // Every resource gets this refusal: a rule must not change files that its jail may not change.
  return [finding("root-not-empty", { entries: observation.entries.size - 1 })];
}

/** Refuses a root below a system directory that has other users' entries. In a jail that exists already, they are drift. */
export function sharedRoot({ jail, accounts }: Merged, observation: Observation): Finding[] {
  const root = jail?.intent.root ?? "";
  if (!jail || !isBelowEtc(root) || observation.records.some(({ kind }) => kind === jail.kind)) return [];
  const { uids, gids, users, groups } = observation.principals;
  const known = (names: readonly string[], ids: ReadonlyMap<string, number>) =>
    new Set([0, ...names.flatMap((name) => principalId(name, ids) ?? [])]);
  const own = {
    uids: known(
      accounts.flatMap((account) => account.users),
      uids,
    ),
    gids: known(
      accounts.flatMap((account) => account.groups),
      gids,
    ),
  };
  for (const [path, { uid, gid }] of observation.entries) {
    if (own.uids.has(uid) && own.gids.has(gid)) continue;
    const [whose, name] = own.uids.has(uid)
      ? (["group", groups.get(gid) ?? gid] as const)
      : (["user", users.get(uid) ?? uid] as const);
    return [finding("root-shared", { root, whose, name: `${name}` }, { at: path })];
  }
  return [];
}

/** Refuses users and groups that the host does not know, the daemon's own too, even where they own no path yet. */
export function accounts(merged: Merged, { principals: { uids, gids } }: Observation): Finding[] {
  const unknown = (by: Owner, what: "user" | "group", names: readonly string[], ids: ReadonlyMap<string, number>) =>
    names
      .filter((name) => principalId(name, ids) === undefined)
      .map((name) => finding("unknown-principal", { what, name }, { by }));
  return merged.accounts.flatMap(({ by, users, groups }) => [
    ...unknown(by, "user", users, uids),
    ...unknown(by, "group", groups, gids),
  ]);
}

/** Refuses a file system whose mount options make a jail useless, or keep a difference from being repaired. */
export function unfit({ jail }: Merged, { filesystem }: Observation, differs: boolean): Finding[] {
  const { options, type = "" } = filesystem ?? {};
  if (!options) return [];
  const { hasDevices = false, binaries = {} } = jail?.intent ?? {};
  const by = jail?.owner;
  const useless = [
    ...(options.has("nodev") && hasDevices ? (["nodev"] as const) : []),
    ...(options.has("noexec") && Object.keys(binaries).length > 0 ? (["noexec"] as const) : []),
  ];
  return [
    ...(options.has("ro") && differs ? [finding("file-system-option", { type, option: "ro" })] : []),
    ...useless.map((option) => finding("file-system-option", { type, option }, { by })),
  ];
}

/** Refuses a root whose file system is not mounted: the next mount would hide the files that are written now. */
export function unmounted({ unmounted: mount }: Observation): Finding[] {
  return mount === undefined ? [] : [finding("root-not-mounted", { mount })];
}

/** Refuses records of a later release: an older one cannot read them, and must not tighten paths that they declare. */
export function laterRecords({ damaged }: Observation): Finding[] {
  const later = damaged.filter(({ why }) => why.problem === "later-release");
  return later.map(({ file }) => finding("later-record", { file }));
}

/** Claims on one path that contradict each other, independent of the entries there. */
export function contradictions(expectation: Expectation): Finding[] {
  return expectation.conflicts().flatMap(conflictFindings);
}

/** One refusal for each of the two resources. */
export function conflictFindings({ path, field, claims: [one, other] }: Conflict): Finding[] {
  const hasGlob = [one, other].some(({ match }) => match.literal === undefined);
  return [one, other].map(({ by }) =>
    finding("conflict", { field, claims: [one.by, other.by], hasGlob }, { at: path, by }),
  );
}

/** Refuses an entry that stands in place of a directory above a declared path. */
export function unfitAbove(at: Bytes, { type }: Live, { presence, match, by }: Claim): Finding | undefined {
  if (presence !== "within") return undefined;
  return finding("parent-unfit", { below: match.literal ?? at, type }, { at, by });
}

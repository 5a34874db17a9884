import { formatOwner, type Owner } from "../intent/claim";
import type { Conflict } from "../intent/expected";
import type { Merged, Refusal } from "../intent/merge";
import { type Bytes, show } from "../model/bytes";
import { principalId } from "../model/entry";
import { type Observation, rootOf } from "../observe/observation";

/** A root that holds something, and that nobody has taken over yet, is shown in full and refused. */
export function adoption({ jail }: Merged, observation: Observation): Refusal[] {
  if (!jail || jail.args["adopt"] === true || !rootOf(observation) || observation.entries.size === 1) return [];
  const registered = observation.records.some(({ kind }) => kind === jail.kind);
  if (registered) return [];
  const why = `set adopt: true to take over a root that is not empty: it holds ${observation.entries.size - 1} entries, and no record says that they are pulumi-chroot's`;
  return [{ why }]; // For every resource: a rule must not change what its jail may not.
}

/** Users and groups that somebody names have to exist, the daemon's own too, even where no path is theirs yet. */
export function accounts(merged: Merged, { principals: { uids, gids } }: Observation): Refusal[] {
  const unknown = (by: Owner, what: string, names: readonly string[], ids: ReadonlyMap<string, number>) =>
    names
      .filter((name) => principalId(name, ids) === undefined)
      .map((name) => ({ owner: by, why: unknownPrincipal(what, name) }));
  return merged.accounts.flatMap(({ by, users, groups }) => [
    ...unknown(by, "user", users, uids),
    ...unknown(by, "group", groups, gids),
  ]);
}

/** What the file system of the root keeps from being of use, or from being put right where something differs. */
export function unfit({ jail }: Merged, { filesystem }: Observation, differs: boolean): Refusal[] {
  const { options, type } = filesystem ?? {};
  if (!options) return [];
  const declares = (name: string) => Object.keys((jail?.args[name] ?? {}) as object).length > 0;
  const text = (why: string) => `the root's file system (${type}) is mounted ${why}`;
  const useless = [
    ...(options.has("nodev") && declares("devices") ? ["nodev: devices do nothing there: mount it with dev"] : []),
    ...(options.has("noexec") && declares("binaries") ? ["noexec: programs do not run there: mount it with exec"] : []),
  ];
  return [
    ...(options.has("ro") && differs ? [{ why: text("ro: nothing can be put right there: mount it rw") }] : []),
    ...(jail ? useless.map((why) => ({ owner: jail.owner, why: text(`${why}, or choose a root elsewhere`) })) : []),
  ];
}

/** What would be put there is hidden, or lost, when that is mounted again. */
export function unmounted({ unmounted: at }: Observation): Refusal[] {
  return at === undefined ? [] : [{ why: `${unmountedText(at)}: mount it, or take the line out of its fstab` }];
}

export function unmountedText(at: Bytes): string {
  return `the host's fstab mounts something at ${show(at)}, and nothing is mounted there`;
}

/** What a later release has declared must not be tightened by one that cannot read it. */
export function laterRecords({ damaged }: Observation): Refusal[] {
  return damaged.filter(({ isLater }) => isLater).map(({ file, why }) => ({ why: `${file} in the registry ${why}` }));
}

function unknownPrincipal(what: string, name: string): string {
  return `the host has no ${what} "${name}": create it there, or correct the declaration`;
}

export function missingTool(tool: "acl" | "capabilities"): string {
  const [what, commands, packages] =
    tool === "acl"
      ? ["an ACL", "getfacl and setfacl", "acl"]
      : ["capabilities", "getcap and setcap", "libcap2-bin (libcap)"];
  return `it declares ${what}, and the host has no ${commands}: install ${packages} there`;
}

/** A user that several arguments name is missing once. */
export function unique(refusals: readonly Refusal[]): Refusal[] {
  const keyOf = ({ owner, why }: Refusal) => `${owner && formatOwner(owner)}\0${why}`;
  return [...new Map(refusals.map((refusal) => [keyOf(refusal), refusal])).values()];
}

export function conflictText({ path, field, claims: [one, other] }: Conflict): string {
  const names = `${formatOwner(one.by)} and ${formatOwner(other.by)}`;
  const what = {
    owner: "owners",
    group: "groups",
    mode: "modes",
    special: "special bits",
    acl: "ACLs",
    capabilities: "capabilities",
  };
  const isGlob = [one, other].some(({ match }) => match.literal === undefined);
  const remedy = `give one of them a higher order${isGlob ? ", or a literal path" : ""}`;
  return `${names} give different ${what[field]} to ${show(path)} with the same order: ${remedy}`;
}

import { formatOwner } from "../intent/claim";
import type { Merged, Refusal } from "../intent/merge";
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
export function accounts({ jail, intent }: Merged, { principals: { uids, gids } }: Observation): Refusal[] {
  const named = intent.claims.flatMap(({ by, want: { owner, group } }) => [
    ...(owner?.is === "value" ? [{ by, what: "user", name: owner.value, ids: uids }] : []),
    ...(group?.is === "value" ? [{ by, what: "group", name: group.value, ids: gids }] : []),
  ]);
  if (jail)
    named.push(
      { by: jail.owner, what: "user", name: String(jail.args["user"]), ids: uids },
      { by: jail.owner, what: "group", name: String(jail.args["group"]), ids: gids },
    );
  return named
    .filter(({ name, ids }) => principalId(name, ids) === undefined)
    .map(({ by, what, name }) => ({ owner: by, why: unknownPrincipal(what, name) }));
}

/** What a later release has declared must not be tightened by one that cannot read it. */
export function laterRecords({ damaged }: Observation): Refusal[] {
  return damaged.filter(({ isLater }) => isLater).map(({ file, why }) => ({ why: `${file} in the registry ${why}` }));
}

export function unknownPrincipal(what: string, name: string): string {
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

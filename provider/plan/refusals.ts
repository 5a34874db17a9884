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

/** The daemon's own user and group have to exist, even where no path is theirs. */
export function accounts({ jail }: Merged, { principals }: Observation): Refusal[] {
  if (!jail) return [];
  const named = [
    { what: "user", name: String(jail.args["user"]), ids: principals.uids },
    { what: "group", name: String(jail.args["group"]), ids: principals.gids },
  ];
  return named
    .filter(({ name, ids }) => principalId(name, ids) === undefined)
    .map(({ what, name }) => ({ owner: jail.owner, why: unknownPrincipal(what, name) }));
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

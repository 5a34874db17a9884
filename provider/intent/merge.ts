import { principalsIn } from "../model/acl";
import { type Claim, formatOwner, type Owner } from "./claim";
import { type Declaration, type Kinds, type RegistryRecord, stacksOf } from "./declaration";
import { type Intent, parseExclude } from "./expected";

/** What the running program says of one jail, as far as this process has heard of it. */
export interface ProgramView {
  /** `project/stack` of the program; undefined in a refresh, which runs without one. */
  readonly stack: string | undefined;
  readonly declarations: readonly Declaration[];
  /** Labels that the state had and the program has no more: what they claimed falls to the Jail at once. */
  readonly departed: ReadonlySet<string>;
}

/** Why a resource cannot be converged. Without an owner it holds for every resource of the jail. */
export interface Refusal {
  readonly owner?: Owner;
  readonly why: string;
  /** Holds until the operation ends, also when another resource's repair has removed the sign of it. */
  readonly isLasting?: boolean;
}

export interface Merged {
  readonly intent: Intent;
  /** Everybody who declares something, own and foreign. */
  readonly declarations: readonly Declaration[];
  /** The resource that declares the jail itself, if anybody does. */
  readonly jail?: Declaration;
  /** Own resources that only the registry has: made after an `await`, so the program's turn did not carry them. */
  readonly late: readonly Declaration[];
  readonly refusals: readonly Refusal[];
}

/**
 * Puts together what is wanted of a jail: the program's declarations, and from the registry those of others and those
 * the program has not told of yet. The program wins over a record of the same resource.
 */
export function merge(program: ProgramView, records: readonly RegistryRecord[], kinds: Kinds): Merged {
  const ownTokens = new Set(program.declarations.map(({ owner }) => owner.token));
  // After `pulumi stack rename` records bear the old name until they are written again: one with our token tells it.
  const ownStacks = new Set(records.filter(({ token }) => ownTokens.has(token)).flatMap(stacksOf));
  if (program.stack !== undefined) ownStacks.add(program.stack);
  const declarations: Declaration[] = [...program.declarations];
  const late: Declaration[] = [];
  const programHasJail = program.declarations.some((one) => kinds.get(one.kind)?.declaresJail);
  for (const record of records) {
    const kind = kinds.get(record.kind);
    const own = stacksOf(record).some((name) => ownStacks.has(name));
    const known = program.declarations.some(
      ({ owner }) => owner.token === record.token || (own && owner.label === record.label),
    );
    if (!kind || known) continue;
    if (own && (program.departed.has(record.label) || (kind.declaresJail && programHasJail))) continue;
    const owner = { token: record.token, label: record.label, ...(own ? {} : { stack: record.stack }) };
    const declaration = { kind: record.kind, owner, args: record.args };
    declarations.push(declaration);
    if (own && program.stack !== undefined && !kind.declaresJail) late.push(declaration);
  }
  const claims: Claim[] = declarations.flatMap((one) => kinds.get(one.kind)?.claims(one) ?? []);
  const jails = declarations.filter(({ kind }) => kinds.get(kind)?.declaresJail);
  const jail = jails[0];
  const exclude = parseExclude(jail?.args["exclude"] as Record<string, string> | undefined);
  const refusals = [...secondJails(jails), ...orphans(declarations, jail)];
  return { intent: { claims, exclude }, declarations, ...(jail ? { jail } : {}), late, refusals };
}

function secondJails(jails: readonly Declaration[]): Refusal[] {
  return jails.flatMap(({ owner }) =>
    jails
      .filter((other) => other.owner !== owner)
      .map((other) => ({
        owner,
        why: `${formatOwner(other.owner)} declares this root too: ${formatOwner(owner)} cannot be its Jail, one of the two has to go`,
      })),
  );
}

function orphans(declarations: readonly Declaration[], jail: Declaration | undefined): Refusal[] {
  if (jail) return [];
  return declarations.map(({ owner }) => ({
    owner,
    why: "no Jail declares this root: declare one, or correct the root",
  }));
}

/** Users and groups that the claims and the jail name, for a host whose files do not list them all. */
export function namesIn({ intent, jail }: Merged): { users: string[]; groups: string[] } {
  const users = new Set<string>();
  const groups = new Set<string>();
  for (const { want } of intent.claims) {
    if (want.owner?.is === "value") users.add(want.owner.value);
    if (want.group?.is === "value") groups.add(want.group.value);
    if (want.acl?.is === "value") {
      const inAcl = principalsIn(want.acl.value);
      for (const name of inAcl.users) users.add(name);
      for (const name of inAcl.groups) groups.add(name);
    }
  }
  if (jail) {
    users.add(String(jail.args["user"]));
    groups.add(String(jail.args["group"]));
  }
  return { users: [...users], groups: [...groups] };
}

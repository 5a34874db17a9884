import { principalsIn } from "../model/acl";
import { type Claim, formatOwner, type Owner } from "./claim";
import { type Accounts, type Declaration, type Kinds, type RegistryRecord, stacksOf } from "./declaration";
import { globsOf, type Intent } from "./expected";

/** What the running program says of one jail, as far as this process has heard of it. */
export interface ProgramView {
  /** `project/stack` of the program; undefined in a refresh, which runs without one. */
  readonly stack: string | undefined;
  readonly declarations: readonly Declaration[];
  /** Labels that the state had and the program has no more: what they claimed falls to the Jail at once. */
  readonly departed: ReadonlySet<string>;
  /** Labels of what the program declares with a mistake, which its own check tells: until then its record counts. */
  readonly mistaken?: ReadonlySet<string>;
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
  /** Own resources that only the registry has: the program's turn did not carry them, or not where they are. */
  readonly late: readonly Declaration[];
  readonly refusals: readonly Refusal[];
  /** Users and groups that have to exist on the host, with who says so. */
  readonly accounts: readonly Named[];
}

/** Names of a resource. */
interface Named extends Accounts {
  readonly by: Owner;
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
    const isLate = own && program.stack !== undefined && !kind.declaresJail;
    if (isLate && !program.mistaken?.has(record.label)) late.push(declaration);
  }
  const claims: Claim[] = declarations.flatMap((one) => kinds.get(one.kind)?.claims(one) ?? []);
  const jails = declarations.filter(({ kind }) => kinds.get(kind)?.declaresJail);
  const jail = jails[0];
  const exclude = globsOf(jail?.args["exclude"] as Record<string, string> | undefined);
  const refusals = [...secondJails(jails), ...orphans(declarations, jail)];
  const accounts = [
    ...claims.map(namedBy),
    ...declarations.map((one) => ({
      by: one.owner,
      ...(kinds.get(one.kind)?.accounts?.(one) ?? { users: [], groups: [] }),
    })),
  ];
  return { intent: { claims, exclude }, declarations, ...(jail ? { jail } : {}), late, refusals, accounts };
}

/** With claims that only the host tells of, and the names in them. */
export function withClaims(merged: Merged, claims: readonly Claim[]): Merged {
  const { intent, accounts } = merged;
  return {
    ...merged,
    intent: { ...intent, claims: [...intent.claims, ...claims] },
    accounts: [...accounts, ...claims.map(namedBy)],
  };
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

/** Users and groups that somebody names, for a host whose files do not list them all. */
export function namesIn({ accounts }: Merged): { users: string[]; groups: string[] } {
  return {
    users: [...new Set(accounts.flatMap(({ users }) => users))],
    groups: [...new Set(accounts.flatMap(({ groups }) => groups))],
  };
}

function namedBy({ by, want: { owner, group, acl } }: Claim): Named {
  const inAcl = acl?.is === "value" ? principalsIn(acl.value) : { users: [], groups: [] };
  return {
    by,
    users: [...(owner?.is === "value" ? [owner.value] : []), ...inAcl.users],
    groups: [...(group?.is === "value" ? [group.value] : []), ...inAcl.groups],
  };
}

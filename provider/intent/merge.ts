import { principalsIn } from "../model/acl";
import type { Claim } from "./claim";
import type { Accounts, Declaration, Kinds } from "./declaration";
import type { Intent } from "./expectation";
import { type Finding, finding } from "./finding";
import { globsOf } from "./glob/glob";
import type { DaemonIntent, JailIntent } from "./jail-intent";
import type { Owner } from "./owner";
import { type RegistryRecord, stacksOf } from "./registry-record";
import { isDeclaredAnew } from "./succession";

/** The running program's declarations for one jail that this process knows. */
export interface ProgramView {
  /** `project/stack` of the program; undefined in a refresh, which runs without one. */
  readonly stack: string | undefined;
  readonly declarations: readonly Declaration[];
  /** Labels that the state had and the program has no more: the Jail takes over their claims at once. */
  readonly departed: ReadonlySet<string>;
  /** Labels that the program has no more although they are protected: the Jail takes over nothing until they are deleted. */
  readonly held?: ReadonlySet<string>;
  /** Its Jail does not know the other declarations for it: until they are checked, their records count. */
  readonly isAlone?: boolean;
  /** Labels that arrived with the Jail itself. */
  readonly told?: ReadonlySet<string>;
  /** Labels of declarations with a mistake, which their own check reports: until then their records count. */
  readonly mistaken?: ReadonlySet<string>;
}

/** A Jail with its intent. */
export interface DeclaredJail extends Declaration {
  readonly intent: JailIntent;
}

export interface Merged {
  readonly intent: Intent;
  /** The declarations of all resources, own and foreign. */
  readonly declarations: readonly Declaration[];
  /** The resource that declares the jail itself, if there is one. */
  readonly jail?: DeclaredJail;
  /** The accounts that daemons of the jail run as. */
  readonly daemons: readonly DaemonIntent[];
  /**
   * Own resources that only the registry has: they did not arrive with the Jail, or not where they are. The Jail watches their
   * claims until the program declares them.
   */
  readonly late: readonly Declaration[];
  /** Records of own resources that the program does not declare any more. They count no more. */
  readonly left: readonly RegistryRecord[];
  /** Records of resources that the last state of the Jail named and the program has no more: the engine is about to delete them. */
  readonly dropped: readonly RegistryRecord[];
  /** Whether a record is one of the program's own stack. */
  isOwn(record: RegistryRecord): boolean;
  readonly refusals: readonly Finding[];
  /** Users and groups that must exist on the host, with the resources that name them. */
  readonly accounts: readonly Named[];
}

/** Names of a resource. */
interface Named extends Accounts {
  readonly by: Owner;
}

/**
 * Merges the program's declarations with those of the registry: of other stacks, and of own resources that the program has not
 * declared yet. The program wins over a record of the same resource. `followed` resolves a declaration's paths through the links
 * in the jail.
 */
export function merge(
  program: ProgramView,
  records: readonly RegistryRecord[],
  kinds: Kinds,
  followed: (declaration: Declaration) => Declaration = (declaration) => declaration,
): Merged {
  const ownTokens = new Set(program.declarations.map(({ owner }) => owner.token));
  const ownStacks = stacksOfProgram(program, records, kinds);
  const isOwn = (record: RegistryRecord) => stacksOf(record).some((name) => ownStacks.has(name));
  const declarations: Declaration[] = program.declarations.map(followed);
  const late: Declaration[] = [];
  const left: RegistryRecord[] = [];
  const dropped: RegistryRecord[] = [];
  const jail = program.declarations.find((declaration) => kinds.get(declaration.kind)?.declaresJail);
  // Without the Jail's own list it is unknown which resources the program has no more.
  const isHeard = jail !== undefined && program.stack !== undefined && program.isAlone !== true;
  for (const record of records) {
    const kind = kinds.get(record.kind);
    const own = isOwn(record);
    const known = ownTokens.has(record.token) || (own && program.declarations.some(isNamed(record)));
    if (!kind || known) continue;
    if (own && isHeard && isDropped(program, record, kinds)) dropped.push(record);
    if (record.declared === "no more") continue;
    if (own && isHeard && hasLeft(program, record, kinds)) {
      left.push(record);
      continue;
    }
    if (own && jail && isDeclaredAnew(record, program.declarations, kinds)) continue;
    const owner = { token: record.token, label: record.label, ...(own ? {} : { stack: record.stack }) };
    const declaration = followed({ kind: record.kind, owner, args: record.args });
    declarations.push(declaration);
    const isExpected = program.mistaken?.has(record.label) || program.held?.has(record.label);
    if (own && isHeard && !isExpected) late.push(declaration);
  }
  const claims: Claim[] = declarations.flatMap(
    (declaration) => kinds.get(declaration.kind)?.claims(watched(declaration, late, jail)) ?? [],
  );
  const jails = declarations.filter(({ kind }) => kinds.get(kind)?.declaresJail);
  const [first] = jails;
  const known = first ? { jail: { ...first, intent: jailIntentOf(first, kinds) } } : {};
  const exclude = globsOf(known.jail?.intent.exclude);
  const daemons = declarations.flatMap(({ kind, args }) => kinds.get(kind)?.daemon?.(args) ?? []);
  const refusals = [...secondJails(jails), ...orphans(declarations, jails[0])];
  const accounts = [
    ...claims.map(namedBy),
    ...declarations.map((declaration) => ({
      by: declaration.owner,
      ...(kinds.get(declaration.kind)?.accounts?.(declaration) ?? { users: [], groups: [] }),
    })),
  ];
  return {
    intent: { claims, exclude },
    declarations,
    ...known,
    daemons,
    late,
    left,
    dropped,
    isOwn,
    refusals,
    accounts,
  };
}

function jailIntentOf(jail: Declaration, kinds: Kinds): JailIntent {
  const intent = kinds.get(jail.kind)?.jailIntent?.(jail);
  if (!intent) throw new Error(`${jail.kind} declares no jail`);
  return intent;
}

/**
 * The names of the program's stack: its present name, its names before `pulumi stack rename`, and the stacks that it has taken
 * over.
 */
function stacksOfProgram(program: ProgramView, records: readonly RegistryRecord[], kinds: Kinds): ReadonlySet<string> {
  const tokens = new Set(program.declarations.map(({ owner }) => owner.token));
  const taken = program.declarations.flatMap(
    (declaration) => kinds.get(declaration.kind)?.jailIntent?.(declaration).takeOverFrom ?? [],
  );
  return new Set([
    ...(program.stack === undefined ? [] : [program.stack]),
    ...taken,
    ...records.filter(({ token }) => tokens.has(token)).flatMap(stacksOf),
  ]);
}

function isNamed({ label }: RegistryRecord): (declaration: Declaration) => boolean {
  return ({ owner }) => owner.label === label;
}

/** Whether an own record's resource is declared no more by the program, which has a Jail. */
function hasLeft(
  { departed, held, mistaken, declarations }: ProgramView,
  record: RegistryRecord,
  kinds: Kinds,
): boolean {
  const { label, declared } = record;
  if (kinds.get(record.kind)?.declaresJail) return true;
  if (held?.has(label) || mistaken?.has(label) || isDeclaredAnew(record, declarations, kinds)) return false;
  return departed.has(label) || declared === "with its Jail";
}

/** Whether the engine is about to delete the resource of an own record. */
function isDropped({ departed, declarations }: ProgramView, record: RegistryRecord, kinds: Kinds): boolean {
  return departed.has(record.label) && !isDeclaredAnew(record, declarations, kinds);
}

/** A declaration whose claims count. If it is late, the Jail owns its claims, as no other resource may come to watch them. */
function watched(declaration: Declaration, late: readonly Declaration[], jail: Declaration | undefined): Declaration {
  const isWatched = jail !== undefined && late.includes(declaration);
  return isWatched ? { ...declaration, owner: { ...jail.owner, label: declaration.owner.label } } : declaration;
}

/** Adds claims that only the host can tell, and the names in them. */
export function withClaims(merged: Merged, claims: readonly Claim[]): Merged {
  const { intent, accounts } = merged;
  return {
    ...merged,
    intent: { ...intent, claims: [...intent.claims, ...claims] },
    accounts: [...accounts, ...claims.map(namedBy)],
  };
}

function secondJails(jails: readonly Declaration[]): Finding[] {
  return jails.flatMap(({ owner: own }) =>
    jails
      .filter(({ owner }) => owner !== own)
      .map(({ owner: other }) => finding("second-jail", { own, other }, { by: own })),
  );
}

function orphans(declarations: readonly Declaration[], jail: Declaration | undefined): Finding[] {
  return jail ? [] : declarations.map(({ owner }) => finding("no-jail", {}, { by: owner }));
}

/** The users and groups that resources name, for a host whose files do not list them all. */
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

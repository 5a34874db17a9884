import type { Declaration, Kinds } from "./declaration";
import { type RegistryRecord, stacksOf } from "./registry-record";

/**
 * Whether the program declares the resource of an own record under another name: it has moved in the program or in the state, or
 * was made anew. The token is the identity, but it is unknown until the resource is checked: until then declarations are
 * compared.
 */
export function isDeclaredAnew(record: RegistryRecord, program: readonly Declaration[], kinds: Kinds): boolean {
  return program.some((declaration) => declaration.kind === record.kind && covers(declaration, record, kinds));
}

/** Whether a declaration has the place of a record, or states with the same rank all fields that the record states. */
function covers(declaration: Declaration, record: RegistryRecord, kinds: Kinds): boolean {
  const place = kinds.get(record.kind)?.place;
  if (place) return place(declaration.args) === place(record.args);
  const claimed = claimsOf(record, kinds);
  const declared = claimsOf(declaration, kinds);
  return claimed.every(({ rank, fields }) =>
    declared.some((one) => one.rank === rank && fields.every((field) => one.fields.includes(field))),
  );
}

function claimsOf({ kind, args }: Declaration | RegistryRecord, kinds: Kinds): { rank: string; fields: string[] }[] {
  const claims = kinds.get(kind)?.claims({ kind, owner: { label: "" }, args }) ?? [];
  return claims.map(({ tier, order, match, except, want }) => ({
    rank: JSON.stringify([tier, order, match.source, ...except.map(({ source }) => source)]),
    fields: Object.keys(want),
  }));
}

/**
 * The records after some were written. A record of the same resource under another token is stale: its state was lost, or a
 * replacement has taken over. Another Jail of the stack is stale too: a root has one.
 */
export function succeed(
  records: readonly RegistryRecord[],
  written: readonly RegistryRecord[],
  kinds: Kinds,
  own: { isOwn(record: RegistryRecord): boolean; isDeclared(token: string): boolean },
): { kept: RegistryRecord[]; stale: RegistryRecord[] } {
  const isJail = ({ kind }: RegistryRecord) => kinds.get(kind)?.declaresJail === true;
  const isWritten = ({ token }: RegistryRecord) => written.some((record) => record.token === token);
  const isStale = (record: RegistryRecord) =>
    own.isOwn(record) &&
    !own.isDeclared(record.token) &&
    written.some((one) => own.isOwn(one) && (one.label === record.label || (isJail(one) && isJail(record))));
  const others = records.filter((record) => !isWritten(record));
  return { kept: others.filter((record) => !isStale(record)), stale: others.filter(isStale) };
}

/**
 * The records to remove when one resource is deleted: its own, if it is still there (a successor may have taken over). With a
 * jail's record the rest of its stack goes too, unless another jail of that stack has the root now. Its own record goes last: an
 * interrupted deletion finds the others through it.
 */
export function departures(records: readonly RegistryRecord[], token: string, kinds: Kinds): string[] {
  const own = records.find((record) => record.token === token);
  if (!own) return [];
  if (!kinds.get(own.kind)?.declaresJail) return [token];
  const names = stacksOf(own);
  const ofStack = records.filter((record) => stacksOf(record).some((name) => names.includes(name)));
  const others = ofStack.filter((record) => record !== own);
  const successor = others.some((record) => kinds.get(record.kind)?.declaresJail);
  return successor ? [token] : [...others.map((record) => record.token), token];
}

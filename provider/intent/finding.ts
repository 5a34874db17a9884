import type { Bytes } from "../model/bytes";
import { type Evidence, type FindingId, findingKinds, type Severity } from "./finding-kinds";
import type { Owner } from "./owner";

/** One finding of a look at a jail, as data: `render/` makes the sentence and the remedy. */
export interface FindingOf<Id extends FindingId> {
  readonly id: Id;
  readonly severity: Severity;
  /** A path in the jail, or the glob of a rule; with a leading "/", a path on its host. */
  readonly at?: Bytes;
  /** The resource that it concerns; absent where it concerns every resource of the jail. */
  readonly by?: Owner;
  readonly evidence: Evidence[Id];
  /** The Jail's reason for accepting it. */
  readonly accepted?: string;
  /** The last `up` has not left it. */
  readonly isNew?: true;
}

export type Finding = { [Id in FindingId]: FindingOf<Id> }[FindingId];

/** The place of a finding, and the resource that it concerns. */
interface About {
  readonly at?: Bytes | undefined;
  readonly by?: Owner | undefined;
}

export function finding<Id extends FindingId>(id: Id, evidence: Evidence[Id], { at, by }: About = {}): FindingOf<Id> {
  const about = { ...(at === undefined ? {} : { at }), ...(by === undefined ? {} : { by }) };
  return { id, severity: findingKinds[id].severity, ...about, evidence };
}

/** Keeps a resource, or a jail, from being converged. */
export function isRefusal({ severity }: Finding): boolean {
  return severity === "refused";
}

/** A part that the look did not see, did not understand or did not finish. */
export function isUnchecked({ severity }: Finding): boolean {
  return severity === "unchecked";
}

/** A refusal that counts until the operation ends. */
export function isLasting({ id }: Finding): boolean {
  return findingKinds[id].isLasting === true;
}

/** Each finding once: many arguments may name the same missing user. */
export function uniqueFindings<One extends Finding>(findings: readonly One[]): One[] {
  return [...new Map(findings.map((one) => [JSON.stringify(one), one])).values()];
}

import type { Digest } from "../model/digest";
import type { Claim } from "./claim";
import type { DaemonIntent, JailIntent } from "./jail-intent";
import type { Owner } from "./owner";

/** A resource's declaration: from the running program, from the state, or from a record in the host's registry. */
export interface Declaration {
  /** The kind of resource: `Jail`, `PermissionRule`. */
  readonly kind: string;
  readonly owner: Owner;
  /** The checked arguments, without the connection and without values that no other resource may know (a content). */
  readonly args: Readonly<Record<string, unknown>>;
  /** The content of its file, if this process declares it. */
  readonly content?: { readonly digest: Digest; readonly isSecret: boolean };
}

/** The meaning of a kind of resource, without any I/O. One per folder of `resources/`. */
export interface Kind {
  readonly name: string;
  /** Whether a resource of this kind declares the jail itself. A root has at most one. */
  readonly declaresJail: boolean;
  claims(declaration: Declaration): Claim[];
  /** The intent of a Jail; only where the kind declares jails. */
  jailIntent?(declaration: Pick<Declaration, "args" | "owner">): JailIntent;
  /** The account that a daemon runs as. */
  daemon?(args: Declaration["args"]): DaemonIntent | undefined;
  /** The one place of the resource; resources of a kind without a place are told apart by their claims. */
  place?(args: Declaration["args"]): string;
  /** Users and groups that must exist on the host, beside those of the claims. */
  accounts?(declaration: Declaration): Accounts;
  /** The arguments with paths resolved through the jail's links, for a kind that uses paths beside its claims. */
  followed?(args: Declaration["args"], ways: Ways): Declaration["args"];
}

/** Resolves declared paths in a jail. */
export interface Ways {
  directory(path: string): string;
  file(path: string): string;
  glob(source: string): string;
}

/** Names of users and groups. */
export interface Accounts {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** Kinds by name. */
export type Kinds = ReadonlyMap<string, Kind>;

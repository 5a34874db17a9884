/** The resource that makes a claim. */
export interface Owner {
  /** The key of its record in the registry, and its Pulumi id; absent where only the program has named the resource. */
  readonly token?: string;
  /** `PermissionRule::var`, with the types of its parents before it: the URN without stack and project. */
  readonly label: string;
  /** `project/stack` of a resource that belongs to another stack. */
  readonly stack?: string;
}
export function formatOwner(owner: Owner): string {
  return owner.stack === undefined ? owner.label : `${owner.label} of stack ${owner.stack}`;
}

/** Tells owners apart: by the token where there is one, as labels are mere words. */
export function ownerKey(owner: Owner): string {
  return owner.token ?? formatOwner(owner);
}

/** Whether two owners are the same resource, even where only one has a token. */
export function sameOwner(one: Owner, other: Owner): boolean {
  if (one.token !== undefined && other.token !== undefined) return one.token === other.token;
  return one.label === other.label && one.stack === other.stack;
}

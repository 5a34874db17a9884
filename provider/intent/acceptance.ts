import { type Bytes, show } from "../model/bytes";
import type { Finding } from "./finding";
import { type FindingId, findingKinds } from "./finding-kinds";
import type { Reasons } from "./jail-intent";

/** The sentence of the registry of findings for a key of `accept`. */
export function meaningOf(key: string): string {
  const [id] = acceptanceParts(key);
  // A record of a later release may have an id that this release does not know.
  return isFindingId(id) ? findingKinds[id].means : "";
}

/** The id of a key of `accept`, and its path where it has one. */
export function acceptanceParts(key: string): readonly [id: string, path?: string] {
  const at = key.indexOf("@");
  return at === -1 ? [key] : [key.slice(0, at), key.slice(at + 1)];
}

export function isFindingId(id: string): id is FindingId {
  return Object.hasOwn(findingKinds, id);
}

/** The key that accepts a finding, if a Jail has one. */
export function acceptingKey({ id, at }: Pick<Finding, "id" | "at">, accept: Reasons): string | undefined {
  return [keyOf({ id, at }), id].find((key) => Object.hasOwn(accept, key));
}

/** `id@path`; `id` for a finding without a place. */
function keyOf({ id, at }: { readonly id: FindingId; readonly at?: Bytes | undefined }): string {
  return at === undefined ? id : `${id}@${show(at)}`;
}

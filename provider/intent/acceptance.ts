import { type Bytes, show } from "../model/bytes";
import type { Finding } from "./finding";
import { type FindingId, findingKinds } from "./finding-kinds";
import type { Reasons } from "./jail-intent";

/** The reason why a key of `accept` names no finding that can be accepted. */
export function acceptanceProblem(key: string): string | undefined {
  const [id, path] = partsOf(key);
  if (!isFindingId(id)) return `"${id}" is not the id of a finding`;
  const { severity } = findingKinds[id];
  if (severity === "refused") return `"${id}" keeps a change from being made wrongly, and cannot be accepted`;
  if (severity !== "unchecked") return undefined;
  if (!placed.has(id)) return `"${id}" says that a check was not made, and cannot be accepted`;
  return path === undefined ? `"${id}" is accepted for one path at a time: give ${id}@path` : undefined;
}

/** The sentence of the registry of findings for a key of `accept`. */
export function meaningOf(key: string): string {
  const [id] = partsOf(key);
  // A record of a later release may have an id that this release does not know.
  return isFindingId(id) ? findingKinds[id].means : "";
}

/** The id of a key, and its path where it has one. */
function partsOf(key: string): readonly [id: string, path?: string] {
  const at = key.indexOf("@");
  return at === -1 ? [key] : [key.slice(0, at), key.slice(at + 1)];
}

function isFindingId(id: string): id is FindingId {
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

/** Findings about unchecked places: each has a path. */
const placed = new Set<FindingId>(["hidden-by-mount", "not-seen", "type-unknown", "too-deep"]);

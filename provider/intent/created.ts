import type { DeviceType } from "../model/device";

/**
 * What was made for a jail where nothing was before, by what it was made as; a path with a "/" first is the host's own. The
 * jail's record notes it, whoever needed it: a directory on the way to a file outlives the file's resource.
 */
export type Created = Readonly<Partial<Record<CreatedType, readonly string[]>>>;
export type CreatedType = "directory" | "file" | "link" | DeviceType;

/** Both, each place once. */
export function addCreated(created: Created, more: Iterable<readonly [CreatedType, string]>): Created {
  const all: Partial<Record<CreatedType, readonly string[]>> = { ...created };
  for (const [type, path] of more) all[type] = [...new Set([...(all[type] ?? []), path])];
  return all;
}

export function createdPlaces(created: Created): (readonly [CreatedType, string])[] {
  const types = Object.keys(created) as CreatedType[];
  return types.flatMap((type) => (created[type] ?? []).map((path) => [type, path] as const));
}

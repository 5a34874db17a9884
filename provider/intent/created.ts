import type { DeviceType } from "../model/device";

/**
 * Entries that were made for a jail where there were none, by the type that was made; a path with a leading "/" is the host's.
 * The jail's record lists them for all resources: a directory above a file outlives the file's resource.
 */
export type Created = Readonly<Partial<Record<CreatedType, readonly string[]>>>;
export type CreatedType = "directory" | "file" | "link" | DeviceType;

/** Merges both, each place once. */
export function addCreated(created: Created, more: Iterable<readonly [CreatedType, string]>): Created {
  const all: Partial<Record<CreatedType, readonly string[]>> = { ...created };
  for (const [type, path] of more) all[type] = [...new Set([...(all[type] ?? []), path])];
  return all;
}

export function createdPlaces(created: Created): (readonly [CreatedType, string])[] {
  const types = Object.keys(created) as CreatedType[];
  return types.flatMap((type) => (created[type] ?? []).map((path) => [type, path] as const));
}

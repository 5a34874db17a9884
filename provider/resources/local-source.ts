import { statSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import { messageOf } from "../errors";
import type { GivenContent } from "../model/asset";
import { contentPlace } from "../model/content-place";

/** Why no single file can be read of an archive: it is packed. */
export function packedReason({ archive }: { readonly archive?: string }): string | undefined {
  return archive === undefined || statSync(archive).isDirectory()
    ? undefined
    : `${archive} is a packed archive: unpack it, and give the directory or a FileAsset`;
}

export function unreadableReason(path: string, error: unknown): string {
  return `cannot read ${path}: ${messageOf(error)}`;
}

/** Why a content cannot be read on this machine; undefined where it can. */
export async function sourceMistake(given: GivenContent): Promise<string | undefined> {
  try {
    const place = contentPlace(given);
    if (!("file" in place)) return undefined;
    const packed = packedReason(place);
    if (packed !== undefined) return packed;
    const cause: unknown = await access(place.file, constants.R_OK).catch((error: unknown) => error);
    return cause === undefined ? undefined : unreadableReason(place.file, cause);
  } catch (error) {
    return messageOf(error);
  }
}

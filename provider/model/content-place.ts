import { type Archive, type Asset, type GivenContent, isArchive, isAsset } from "./asset";

/** Where a given content is: in a text, in a file of this machine, or known by its checksum alone. */
export type ContentPlace =
  | { readonly text: string }
  | {
      /** A path on this machine. */
      readonly file: string;
      /** SHA-256 that a state keeps of the file. */
      readonly hash?: string;
      /** The directory of which the file is an entry. */
      readonly archive?: string;
    }
  | { readonly hash: string };

/** Finds the place of a content. Throws the reason where there is none. */
export function contentPlace(given: GivenContent): ContentPlace {
  if ("text" in given) return { text: given.text };
  return "asset" in given ? ofAsset(given.asset) : ofEntry(given.archive, given.entry);
}

function ofAsset({ text, path, hash }: Asset): ContentPlace {
  if (text !== undefined) return { text };
  if (path !== undefined) return { file: path, ...(hash === undefined ? {} : { hash }) };
  if (hash === undefined) throw new Error("the asset has neither a text nor a path");
  return { hash };
}

/** A name in an archive that the program has made, or in a directory. */
function ofEntry({ assets, path }: Archive, entry: string): ContentPlace {
  const [first = "", ...rest] = entry.split("/");
  if (assets) {
    const found = assets[entry] ?? assets[first];
    if (isAsset(found) && (found === assets[entry] || rest.length === 0)) return ofAsset(found);
    if (isArchive(found)) return ofEntry(found, rest.join("/"));
    const names = Object.keys(assets).sort().slice(0, 10).join(", ");
    throw new Error(`the archive has no entry ${entry}, it has ${names}`);
  }
  if (path === undefined) throw new Error("the archive has neither assets nor a path");
  if (entry.split("/").includes("..")) throw new Error(`the entry ${entry} leaves the archive`);
  return { file: `${path}/${entry}`, archive: path };
}

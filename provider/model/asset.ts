import { archiveMark, assetMark, envelopeMark, markOf } from "./envelope";

/** Assets and archives as the engine passes them to a provider: plain objects with a mark (sdk/nodejs/runtime/rpc.ts). */

/** A text, a file of the machine that Pulumi runs on, or a remote file. */
export interface Asset {
  /** SHA-256 of the content, as 64 hexadecimal digits: all that a state keeps. */
  readonly hash?: string;
  readonly text?: string;
  readonly path?: string;
  readonly uri?: string;
}

/** Assets by their names in it, or a directory or an archive file of the machine that Pulumi runs on. */
export interface Archive {
  readonly assets?: Readonly<Record<string, unknown>>;
  readonly path?: string;
  readonly uri?: string;
}

/** A content that a program gives. */
export type GivenContent =
  | { readonly text: string }
  | { readonly asset: Asset }
  | { readonly archive: Archive; readonly entry: string };

export function isAsset(value: unknown): value is Asset {
  return markOf(value) === assetMark;
}

export function isArchive(value: unknown): value is Archive {
  return markOf(value) === archiveMark;
}

/** An asset as the engine would pass it. */
export function assetWith(fields: Asset): Asset {
  return { [envelopeMark]: assetMark, ...fields };
}

/** An archive as the engine would pass it. */
export function archiveWith(fields: Archive): Archive {
  return { [envelopeMark]: archiveMark, ...fields };
}

import { createHash } from "node:crypto";

/** Identifies a content. */
export interface Digest {
  /** In bytes. Absent where the digest comes from a state: the engine keeps an asset's checksum alone. */
  readonly size?: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The digest of a text in UTF-8. */
export function digestOf(text: string): Digest {
  return { size: Buffer.byteLength(text), sha256: createHash("sha256").update(text).digest("hex") };
}

export function sameDigest(one: Digest | undefined, other: Digest | undefined): boolean {
  return (
    one !== undefined &&
    one.sha256 === other?.sha256 &&
    (one.size === undefined || other.size === undefined || one.size === other.size)
  );
}

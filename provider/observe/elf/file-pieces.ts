import type { Bytes } from "../../model/bytes";

/** A part of a file: its offset and its bytes. The whole file is one part at 0. */
export interface Piece {
  readonly at: number;
  readonly bytes: Bytes;
}

/** An unsigned number, the lowest byte first; undefined where its bytes were not sent, and where it is above 2^53. */
export function numberAt(pieces: readonly Piece[], at: number, size: number): number | undefined {
  const piece = pieces.find((each) => holds(each, at, size));
  if (piece === undefined) return undefined;
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + piece.bytes.charCodeAt(at - piece.at + index);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** The bytes up to a NUL; undefined where there is none within `limit` of the sent bytes. Parts may overlap. */
export function textAt(pieces: readonly Piece[], at: number, limit: number): Bytes | undefined {
  for (const piece of pieces) {
    if (!holds(piece, at, 1)) continue;
    const text = piece.bytes.slice(at - piece.at, at - piece.at + limit);
    const end = text.indexOf("\0");
    if (end !== -1) return text.slice(0, end) as Bytes;
  }
  return undefined;
}

function holds(piece: Piece, at: number, size: number): boolean {
  return at >= piece.at && at + size <= piece.at + piece.bytes.length;
}

import { z } from "zod";
import { type Bytes, bytesShown, show } from "../../model/bytes";
import type { EntryType } from "../../model/entry";
import type { Mode } from "../../model/mode";

/** A path: in JSON as {@link show} writes it, so that people can read it and every name survives. */
export const path = z.codec(
  z.string(),
  z.custom<Bytes>((value) => typeof value === "string"),
  { decode: bytesShown, encode: show },
);

/** Bytes of a host in a finding's facts: in JSON one a character. */
export const raw = z.string() as unknown as z.ZodType<Bytes, Bytes>;

export const text = z.string();
export const number = z.number();
export const truth = z.boolean();
export const mode = z.number() as unknown as z.ZodType<Mode, Mode>;
export const object = z.object;
export const some = z.exactOptional;

export const entryType = z.enum([
  "file",
  "directory",
  "link",
  "fifo",
  "socket",
  "character device",
  "block device",
  "unknown",
]) satisfies z.ZodType<EntryType>;

export const owner = z.object({
  token: z.exactOptional(z.string()),
  label: z.string(),
  stack: z.exactOptional(z.string()),
});

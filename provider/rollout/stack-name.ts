import { createHash } from "node:crypto";

/** A name that is a stack's name as it is: without the end that marks a translated one. */
const plain = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const marked = /-[0-9a-f]{10}$/;

/**
 * The stack of a unit: `[a-z0-9-]` only, as the database backend of Pulumi takes other characters for wildcards. It depends on the
 * unit's name alone. A name that is no such word gets its checksum as an end, and a plain name never has such an end, so two
 * units share a stack only by two equal checksums.
 */
export function stackName(unit: string): string {
  if (plain.test(unit) && !marked.test(unit)) return unit;
  const words = unit
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 50)
    .replace(/^-|-$/g, "");
  const checksum = createHash("sha256").update(unit).digest("hex").slice(0, 10);
  return `${words || "unit"}-${checksum}`;
}

import { createHash, randomBytes } from "node:crypto";
import { labelOf, stackOf } from "../../model/urn";
import type { Observation } from "../../observe/observation";

/**
 * Gives the token of a resource that is created: its id, and its record's name. The token comes from the URN, so that a preview
 * and its `up` agree, and from the token that the registry has for that URN: deleting a resource that was replaced must not
 * delete its successor. A resource without a URN gets a random token.
 */
export async function tokenFor(urn: string | undefined, observe: () => Promise<Observation>): Promise<string> {
  if (urn === undefined) return randomBytes(16).toString("hex");
  const records = await observe().then(
    (observation) => observation.records,
    () => [],
  );
  const before = records.find(({ stack, label }) => stack === stackOf(urn) && label === labelOf(urn));
  return createHash("sha256")
    .update(`${urn}\0${before?.token ?? ""}`)
    .digest("hex")
    .slice(0, 32);
}

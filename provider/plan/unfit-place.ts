import type { Expectation } from "../intent/expectation";
import type { FileClaim } from "../intent/file-claim";
import type { Evidence } from "../intent/finding-kinds";
import type { Live } from "../model/entry";
import { isBelowMount, type Observation } from "../observe/observation";

/** The reason why nothing can be put at a place in the jail. */
export function unfitPlace(
  { at, is, reason }: FileClaim,
  live: Live | undefined,
  expectation: Expectation,
  observation: Observation,
): Evidence["place-unfit"] | undefined {
  if (live?.type === "directory")
    return { is: "directory", ...(is.type === "link" ? { link: { target: is.target, reason } } : {}) };
  if (isBelowMount(at, observation)) return { is: "mount" };
  if (expectation.excluded(at)) return { is: "excluded" };
  return expectation.required.get(at)?.match.literal === at ? { is: "declared directory" } : undefined;
}

import { acceptingKey } from "../intent/acceptance";
import { type Finding, finding, isRefusal, isUnchecked } from "../intent/finding";
import type { Reasons } from "../intent/jail-intent";
import type { Owner } from "../intent/owner";
import type { Observation } from "../observe/observation";
import { isStable } from "./seal/zone";

/** Marks the findings that a Jail accepts. A Jail cannot accept a refusal. */
export function accepted(findings: readonly Finding[], accept: Reasons, entries: Observation["entries"]): Finding[] {
  return findings.map((found) => {
    const key = acceptingKey(found, accept);
    if (key === undefined || isRefusal(found) || !isSafe(found, entries)) return found;
    return { ...found, accepted: accept[key] ?? "" };
  });
}

/** An unchecked path is accepted only where it is stable: elsewhere a daemon could move another directory there to hide in it. */
function isSafe(found: Finding, entries: Observation["entries"]): boolean {
  return !isUnchecked(found) || (found.at !== undefined && isStable(entries, found.at));
}

/** Acceptances that match no finding. Keys of process findings are left out: this run may not have looked at the processes. */
export function deadAcceptances(findings: readonly Finding[], accept: Reasons, by: Owner | undefined): Finding[] {
  const used = new Set(findings.map((found) => acceptingKey(found, accept)));
  return Object.keys(accept)
    .filter((key) => !key.startsWith("process-"))
    .flatMap((key) => {
      const isOpen = findings.some((found) => acceptingKey(found, accept) === key && found.accepted === undefined);
      if (used.has(key) && !isOpen) return [];
      return [finding("dead-acceptance", { key, isUnsafe: used.has(key) }, { by })];
    });
}

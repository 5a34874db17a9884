import { type Finding, type FindingOf, finding } from "../../intent/finding";
import type { Process, Running } from "../../observe/process";
import { escapes, named } from "./escapes";
import { closestDifferences, type Identity } from "./identity";

const order: readonly Finding["severity"][] = ["high", "medium", "low"];

/** Compares every process with its closest declared identity. The worst findings come first. */
export function processFindings(processes: readonly Process[], declared: readonly Identity[]): Finding[] {
  return processes
    .flatMap((live) => [...escapes(live), ...closestDifferences(live, declared)])
    .sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

/** The finding that the look at a jail's processes is incomplete; undefined where it is complete. */
export function uncheckedProcesses(running: Running): FindingOf<"processes-partly-seen"> | undefined {
  const { processes, more, isRestless, blind } = running;
  const seenInPart = processes.filter(({ unseen }) => unseen.length > 0);
  const [first] = seenInPart;
  if (blind === undefined && more === 0 && !first && !isRestless) return undefined;
  const parts = [...new Set(seenInPart.flatMap(({ unseen }) => unseen))];
  const partly = first && { first: named(first), count: seenInPart.length, parts };
  return finding("processes-partly-seen", {
    ...(blind === undefined ? {} : { blind }),
    more,
    ...(partly ? { partly } : {}),
    isRestless,
  });
}

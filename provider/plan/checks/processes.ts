import { show } from "../../model/bytes";
import type { Process } from "../../observe/process";
import { escapes } from "./escapes";
import { closestDifferences, type Identity } from "./identity";

/** Something about a running process that is not as declared, or that leads out of the jail. */
export interface ProcessFinding {
  readonly pid: number;
  /** `high`: it can leave the jail. `medium`: it has what nobody has declared. `low`: worth a look. */
  readonly severity: "high" | "medium" | "low";
  readonly what: string;
  readonly remedy: string;
}

/** The same, before it is said of whom. */
export type Draft = readonly [severity: ProcessFinding["severity"], what: string, remedy: string];

const order: readonly ProcessFinding["severity"][] = ["high", "medium", "low"];

/** Compares every process with the declared identity that it is closest to. The worst comes first. */
export function processFindings(processes: readonly Process[], declared: readonly Identity[]): ProcessFinding[] {
  return processes
    .flatMap((live) =>
      [...escapes(live), ...closestDifferences(live, declared)].map(([severity, what, remedy]) => ({
        pid: live.pid,
        severity,
        what: `${nameOf(live)} ${what}`,
        remedy,
      })),
    )
    .sort((one, other) => order.indexOf(one.severity) - order.indexOf(other.severity));
}

function nameOf({ pid, thread, name }: Process): string {
  const who = `process ${pid} (${show(name)})`;
  return thread === undefined ? who : `thread ${thread} of ${who}`;
}

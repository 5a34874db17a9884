import { printable } from "../model/bytes";
import type { WeightClass } from "../plan/difference";
import { type FleetReport, type HostOutcome, type HostReport, outcomes } from "./fleet-report-v1";

/** A text as one line for people: escaped, with line breaks as semicolons. */
export function oneLine(text: string): string {
  return printable(text)
    .trim()
    .replace(/\s*\n\s*/g, "; ");
}

/** The title of a report, before its name. */
export const titles = { drift: "Drift of", preview: "Preview of", rollout: "Rollout of" } as const;

/** The noun for the lines of a report: a unit of a rollout may be a group of hosts. */
export function nounOf({ report }: FleetReport): string {
  return report === "drift" ? "host" : "unit";
}

/** How many hosts have each outcome, worst first, without the outcomes that none has. */
export function outcomeCounts(hosts: readonly HostReport[]): { outcome: HostOutcome; rank: number; count: number }[] {
  return outcomes.flatMap((outcome, rank) => {
    const count = hosts.filter((host) => host.outcome === outcome).length;
    return count === 0 ? [] : [{ outcome, rank, count }];
  });
}

/** An outcome in a sentence: `5 not checked`. */
export function outcomeText(outcome: HostOutcome): string {
  return outcome.replace("-", " ");
}

/** How much a difference matters, as people read it. */
export function weightText(weight: WeightClass): string {
  return weight === "other" ? "differs" : weight;
}

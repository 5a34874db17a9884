import { printable } from "../model/bytes";
import type { WeightClass } from "../plan/difference";
import type { HostOutcome } from "./fleet-report-v1";

/** A text as one line for people: escaped, with line breaks as semicolons. */
export function oneLine(text: string): string {
  return printable(text)
    .trim()
    .replace(/\s*\n\s*/g, "; ");
}

export function number(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 host`, `12 hosts`. */
export function counted(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** An outcome in a sentence: `5 not checked`. */
export function outcomeText(outcome: HostOutcome): string {
  return outcome.replace("-", " ");
}

/** How much a difference matters, as people read it. */
export function weightText(weight: WeightClass): string {
  return weight === "other" ? "differs" : weight;
}

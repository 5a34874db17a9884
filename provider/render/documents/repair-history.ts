import { asciiJsonLine } from "../../model/ascii-json";
import { show } from "../../model/bytes";
import type { Observation } from "../../observe/observation";
import type { Difference } from "../../plan/difference";
import { byWeight } from "../../plan/weight";
import { differenceText } from "../text/difference-text";

/** Repairs of one run that are remembered, the worst ones. The host keeps the last of as many of all runs. */
const most = 1000;
/** The longest path, and the longest other value, in characters of JSON. */
const longest = { path: 1000, other: 300 };

/**
 * The repairs of a run by a stack, for people: a line of JSON for each, in ASCII and of bounded length. The brace that begins a
 * line and the time are the host's to add.
 */
export function repairHistory(
  repaired: readonly Difference[],
  { observation, stack }: { readonly observation: Observation; readonly stack: string },
): string {
  // The worst last: the host drops the first lines of a list that has become too long.
  const lines = [...repaired].sort(byWeight).slice(0, most).reverse();
  return lines.map((difference) => `${lineOf(difference, observation, stack)}\n`).join("");
}

function lineOf(difference: Difference, observation: Observation, stack: string): string {
  const { path, owner, reason } = difference;
  // No secret is in these texts: they are those of the log.
  const { live, declared } = differenceText(difference, observation);
  const values = { was: live, now: declared, by: owner.label, reason, stack };
  const short = Object.entries(values).map(([name, text]) => [name, cut(text, longest.other)]);
  return asciiJsonLine({ path: cut(show(path), longest.path), ...Object.fromEntries(short) }).slice(1);
}

/** A text that has at most this many characters in JSON. */
function cut(text: string, length: number): string {
  const lengthOf = (part: string) => asciiJsonLine(part).length - 2;
  if (lengthOf(text) <= length) return text;
  let [kept, size] = ["", lengthOf("…")];
  for (const character of text) {
    size += lengthOf(character);
    if (size > length) break;
    kept += character;
  }
  return `${kept}…`;
}

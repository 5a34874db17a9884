import { bytesOf, show } from "../model/bytes";
import { counted } from "../model/counted";
import { groupBy } from "../model/group-by";
import type { Verdict } from "./poll";

/** Reasons, and names of hosts for each, that evidence shows; it counts the others. */
const most = 5;

/**
 * The reason why a gate is closed: `ns2: 127.0.0.1:53: connection refused (31 tries)`. Hosts with the same reason share a line, and
 * the reason of most hosts comes first.
 */
export function evidence(closed: readonly Verdict[]): string {
  const sorted = [...groupBy(closed, ({ failure }) => failure?.why ?? "")].sort(
    ([, one], [, other]) => other.length - one.length,
  );
  const rest = sorted.slice(most).flatMap(([, verdicts]) => verdicts).length;
  const lines = sorted.slice(0, most).map(([why, verdicts]) => `${places(verdicts)}${why} (${tries(verdicts)})`);
  return [...lines, ...(rest > 0 ? [`${counted(rest, "more host")} with other reasons`] : [])].join("; ");
}

function places(verdicts: readonly Verdict[]): string {
  const names = verdicts.flatMap(({ target: { host } }) => (host === undefined ? [] : show(bytesOf(host))));
  const shown = names.slice(0, most).join(", ");
  const hosts = names.length > most ? `${shown} and ${names.length - most} more` : shown;
  const at = verdicts.length === 1 ? verdicts[0]?.target.at : undefined;
  return [hosts, at ?? ""].flatMap((part) => (part === "" ? [] : `${part}: `)).join("");
}

function tries(verdicts: readonly Verdict[]): string {
  const counts = verdicts.map((verdict) => verdict.tries);
  const [least, highest] = [Math.min(...counts), Math.max(...counts)];
  return `${least === highest ? least : `${least} to ${highest}`} ${highest === 1 ? "try" : "tries"}`;
}

import { formatOnHost, formatPlace, formatSite, type Site } from "../../agent/site";
import { ChrootError } from "../../errors";
import type { Owner } from "../../intent/owner";
import type { Difference } from "../../plan/difference";
import { isStable } from "../../plan/seal/zone";
import { byWeight, isAlwaysShown } from "../../plan/weight";
import { type DifferenceText, differenceText } from "../../render/text/difference-text";
import { findingText } from "../../render/text/findings/finding-text";
import { type Assessment, differencesOf, refusalsOf, uncheckedOf } from "../assess/assessment";
import type { Delivery } from "./delivery";

/** Why a resource is not converged at all. */
export function refusalError(
  site: Site,
  assessment: Assessment,
  owner: Owner,
  before: readonly string[] = [],
): Error | undefined {
  const refusals = [...new Set([...refusalsOf(assessment, owner), ...before])];
  if (refusals.length === 0) return undefined;
  const what = `${owner.label} is refused`;
  return new ChrootError("refused", { what, where: formatSite(site), why: refusals.join("; ") });
}

/**
 * The differences that the daemon can keep from being repaired for ever: in its own directories an entry that no command
 * reaches or a hard link, and the mode of a file that it owns. They must not keep the rest of the jail from being converged.
 */
function isKeptByDaemon(
  { observation: { entries } }: Assessment,
  { path, live, want, blocked, isFlagged }: Difference,
): boolean {
  // Only root sets such a flag.
  if (isFlagged) return false;
  if (blocked !== undefined) return !isStable(entries, path);
  if (want.type === "absent") return false;
  return (
    live !== undefined && live.uid !== 0 && live.uid === (want.uid ?? live.uid) && live.gid === (want.gid ?? live.gid)
  );
}

/** Why the file of a resource is not in place. */
export function deliveryError(site: Site, owner: Owner, delivery: Delivery): Error | undefined {
  const failed = delivery.failed.get(owner.label);
  if (failed === undefined) return undefined;
  const where = formatPlace(site, failed.at);
  return new ChrootError("operation", { what: `${owner.label} is not converged`, where, why: failed.why });
}

function remedyFor(left: readonly Difference[], errors: readonly string[]): string {
  if (left.every(({ want }) => want.type === "absent"))
    return "remove the cause that keeps it there, or declare or protect it, then run the command again";
  if (left.some(({ isFlagged }) => isFlagged)) return "take the flag away on the host, then run the command again";
  if (left.every(({ blocked }) => blocked !== undefined)) return "remove the other names, or exclude the path";
  if (errors.length > 0) return "correct that, then run the command again";
  return "find the process that holds it or changes it at the same time, then run the command again";
}

/** The differences that a resource has left, as an error that names it. */
export function unfinishedError(
  site: Site,
  assessment: Assessment,
  owner: Owner,
  errors: readonly string[],
): Error | undefined {
  const left = differencesOf(assessment, owner)
    .filter((difference) => !isKeptByDaemon(assessment, difference))
    .sort(byWeight);
  if (left.length === 0) return undefined;
  const [only] = left.length === 1 ? left : [];
  const texts = left.slice(0, Math.max(3, left.filter(isAlwaysShown).length)).map((difference) => {
    const { live, declared, marks } = differenceText(difference, assessment.observation);
    const subject = only ? "" : `${formatOnHost(site, difference.path)} `;
    return `${subject}is ${live}, declared ${declared}${marks}`;
  });
  if (left.length > texts.length) texts.push(`and ${left.length - texts.length} more`);
  return new ChrootError("not-converged", {
    what: `${owner.label} is not converged`,
    where: only ? formatPlace(site, only.path) : formatSite(site),
    why: [...texts, ...errors.slice(0, 2)].join("; "),
    remedy: remedyFor(left, errors),
  });
}

/** Why a resource does not count as converged although no difference was seen: part of it could not be checked. */
export function notCheckedError(site: Site, assessment: Assessment, owner: Owner): Error | undefined {
  const [first, ...more] = uncheckedOf(assessment, owner);
  if (!first) return undefined;
  const others = more.length > 0 ? `; and ${more.length} more parts are not checked` : "";
  return new ChrootError("not-checked", {
    what: `${owner.label} is not checked`,
    where: first.at === undefined ? formatSite(site) : formatPlace(site, first.at),
    why: `${findingText(first)}${others}`,
  });
}

/** Why a resource does not count as converged although its files do: a process is not as declared. */
export function staleProcessError(
  label: string,
  where: string,
  { live, declared, isUnchecked }: DifferenceText,
  more: number,
): ChrootError {
  const why = `${live}${more > 0 ? `, and ${more} more` : ""}`;
  if (isUnchecked) return new ChrootError("not-checked", { what: `${label} is not checked`, where, why });
  return new ChrootError("not-converged", { what: `${label} is not converged`, where, why, remedy: declared });
}

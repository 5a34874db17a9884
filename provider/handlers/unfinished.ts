import { formatOnHost, formatPlace, formatSite, type Site } from "../agent/site";
import { ChrootError } from "../errors";
import type { Owner } from "../intent/claim";
import type { Difference } from "../plan/difference";
import { isStable } from "../plan/zone";
import { differenceText } from "../render/text";
import type { Puts } from "./puts";
import { differencesOf, refusalsOf, type View } from "./view";

/** Why a resource is not converged at all. */
export function refused(site: Site, view: View, owner: Owner, before: readonly string[] = []): Error | undefined {
  const refusals = [...new Set([...refusalsOf(view, owner), ...before])];
  if (refusals.length === 0) return undefined;
  const what = `${owner.label} is refused`;
  return new ChrootError("refused", { what, where: formatSite(site), why: refusals.join("; ") });
}

/**
 * What the daemon can keep from being repaired for ever: in its own directories something that no command reaches or that
 * has a name outside, and the mode of a file that it owns. That must not keep the rest of the jail from being converged.
 */
function isDaemons({ observation: { entries } }: View, { path, live, want, blocked }: Difference): boolean {
  if (blocked !== undefined) return !isStable(entries, path);
  if (want.type === "absent") return false;
  return (
    live !== undefined && live.uid !== 0 && live.uid === (want.uid ?? live.uid) && live.gid === (want.gid ?? live.gid)
  );
}

/** Why the file of a resource is not in place. */
export function unputError(site: Site, owner: Owner, puts: Puts): Error | undefined {
  const failed = puts.failed.get(owner.label);
  if (failed === undefined) return undefined;
  const where = formatPlace(site, failed.at);
  return new ChrootError("operation", { what: `${owner.label} is not converged`, where, why: failed.why });
}

function remedyFor(left: readonly Difference[], errors: readonly string[]): string {
  if (left.every(({ want }) => want.type === "absent"))
    return "see to what keeps it there, or declare or protect it, then run pulumi up again";
  if (left.every(({ blocked }) => blocked !== undefined)) return "remove the other names, or exclude the path";
  if (errors.length > 0) return "see to that, then run pulumi up again";
  return "find out what keeps it from changing, or changes it at the same time, then run pulumi up again";
}

/** What a resource has left undone, as an error that names it. */
export function unfinished(site: Site, view: View, owner: Owner, errors: readonly string[]): Error | undefined {
  const left = differencesOf(view, owner).filter((difference) => !isDaemons(view, difference));
  if (left.length === 0) return undefined;
  const [only] = left.length === 1 ? left : [];
  const texts = left.slice(0, 3).map((difference) => {
    const { live, declared, marks } = differenceText(difference, view.observation);
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

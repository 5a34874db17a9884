import { formatPlace, formatSite, type Site } from "../agent/site";
import { ChrootError, messageOf } from "../errors";
import { formatOwner, type Owner, sameOwner } from "../intent/claim";
import type { Declaration } from "../intent/declaration";
import type { IdleClaim } from "../intent/expected";
import { bytesOf, show } from "../model/bytes";
import { quarantineDays, quarantineName } from "../model/path";
import type { Difference } from "../plan/difference";
import { bringBack } from "../render/bring-back";
import type { DriftTexts } from "../render/drift-map";
import { differenceText } from "../render/text";
import { kinds } from "../resources/kinds";
import type { Outcome } from "./converge";
import { logToEngine } from "./engine-log";
import { findingText, type ProcessLook } from "./running";
import type { Said } from "./said";
import { isEqual } from "./values";
import { differencesOf, differenceTexts, refusalsOf, type View } from "./view";

/** One look on behalf of one resource: its differences, and what there is to say of the host as a whole. */
export interface Look {
  readonly view: View | undefined;
  readonly differences: readonly Difference[];
  readonly texts: DriftTexts;
  /** `not checked: …` or `refused: …`. */
  readonly host: string | undefined;
  /** Of a resource that says who may run in the jail. */
  readonly processes?: ProcessLook;
}

/** What keeps `up` from going on although the host was reached. */
const refusalCodes = new Set<string>(["unsafe-parent", "not-a-directory"]);

/** Looks, and turns whatever is learned from the host into words: never an error, which would end the whole plan. */
export async function lookAt(owner: Owner, view: () => Promise<View>): Promise<Look> {
  try {
    const seen = await view();
    const refusals = refusalsOf(seen, owner);
    const host = refusals.length > 0 ? `refused: ${refusals.join("; ")}` : leftSealed(seen);
    return { view: seen, differences: differencesOf(seen, owner), texts: differenceTexts(seen, owner), host };
  } catch (error) {
    const why = error instanceof ChrootError ? error.why : messageOf(error);
    const refused = error instanceof ChrootError && refusalCodes.has(error.code);
    return {
      view: undefined,
      differences: [],
      texts: new Map(),
      host: `${refused ? "refused" : "not checked"}: ${why}`,
    };
  }
}

/**
 * A resource of the state whose record is gone (a new disk, a restored backup) or was edited: other stacks do not know of it
 * as it is. Where a path differs too the repair writes the record, and there is nothing more to say.
 */
export function registered({ owner, args }: Declaration, look: Look): Look {
  if (!look.view || look.host !== undefined || look.texts.size > 0) return look;
  const record = look.view.observation.records.find(({ token }) => token === owner.token);
  if (record?.pending)
    return {
      ...look,
      host: "not finished: the command that makes the last change count has not ended well; up runs it again",
    };
  if (record?.unproved)
    return { ...look, host: "not finished: no line has come out of its log socket yet; up sends another one" };
  if (record && isEqual(record.args, args)) return look;
  const host = record
    ? "its record in the host's registry was changed by somebody else; up writes it again"
    : "not registered: its record in the host's registry is gone; up writes it again";
  return { ...look, host };
}

/** A run that was killed in the middle: whoever is converged next opens again what it has left closed. */
function leftSealed({ observation }: View): string | undefined {
  const [first, ...more] = observation.leftSealed;
  if (!first) return undefined;
  const others = more.length > 0 ? ` and ${more.length} more` : "";
  return `not finished: a run was cut short and has left ${show(first.path)}${others} closed to the daemon; up opens what it closed`;
}

/** Lines for one resource at most; the rest is counted. */
const lineLimit = 20;

/** What a jail's session has for the log. */
interface SessionWords {
  readonly said: Said;
  /** What has changed in a text, line by line. */
  changedLines(difference: Difference, view: View): Promise<string[]>;
}

/** Writes what a preview found under the resource: a line for each path, with host, live, declared, rule and reason. */
export async function logLook(
  site: Site,
  urn: string,
  look: Look,
  declaration: Declaration,
  session: SessionWords,
): Promise<void> {
  const place = formatSite(site);
  const { label } = declaration.owner;
  if (look.host !== undefined) await logToEngine(urn, "warning", `${place}: ${session.said.once(look.host, label)}`);
  const { view, differences } = look;
  if (!view) return;
  for (const difference of differences.slice(0, lineLimit)) {
    const { live, declared, marks } = differenceText(difference, view.observation);
    const rule = `${formatOwner(difference.owner)}: ${difference.reason}${awayText(difference)}`;
    await logToEngine(
      urn,
      "info",
      [
        `${formatPlace(site, difference.path)} is ${live}, declared ${declared}${marks} (${rule})`,
        ...(await session.changedLines(difference, view)),
      ].join("\n"),
    );
  }
  if (differences.length > lineLimit)
    await logToEngine(
      urn,
      "info",
      `${place}: and ${(differences.length - lineLimit).toLocaleString("en-US")} more paths differ`,
    );
  const { findings = [], gap } = look.processes ?? {};
  if (gap !== undefined) await logToEngine(urn, "warning", `${place}: ${gap}`);
  for (const finding of findings.slice(0, lineLimit))
    await logToEngine(urn, finding.severity === "low" ? "info" : "warning", `${place}: ${findingText(finding)}`);
  for (const idle of view.plan.dead.filter(({ claim }) => sameOwner(claim.by, declaration.owner)))
    await logToEngine(urn, "warning", `${place}: ${deadText(idle)}`);
  if (kinds.get(declaration.kind)?.declaresJail)
    for (const line of remarks(view)) await logToEngine(urn, "info", `${place}: ${line}`);
}

/** What is to be absent is not lost. */
function awayText({ want, blocked }: Difference): string {
  return want.type === "absent" && blocked === undefined ? `: up moves it to ${quarantineName} in the root` : "";
}

/** Writes what an `up` has repaired, path by path: its own check keeps drift out of the inputs, so the engine shows none. */
export async function logRepaired(
  site: Site,
  urn: string | undefined,
  { view, repaired = [], left = [], moved = new Map(), expired = 0 }: Outcome,
): Promise<void> {
  if (!view) return;
  for (const difference of left.slice(0, lineLimit)) {
    const { live, declared, marks } = differenceText(difference, view.observation);
    const why = difference.blocked === undefined ? ", not repaired: its owner can change it back" : marks;
    await logToEngine(
      urn,
      "warning",
      `${formatPlace(site, difference.path)} is ${live}, declared ${declared}${why}; it is where the daemon may write: find out who made it so`,
    );
  }
  for (const difference of repaired.slice(0, lineLimit)) {
    const { live, declared } = differenceText(difference, view.observation);
    const name = moved.get(difference.path);
    const isDirectoryThere = difference.want.type === "directory";
    const back =
      name === undefined ? "" : `; to bring it back: ${bringBack(site.root, difference.path, name, isDirectoryThere)}`;
    await logToEngine(urn, "info", `${formatPlace(site, difference.path)} was ${live}, is now ${declared}${back}`);
  }
  const rest = repaired.slice(lineLimit);
  if (rest.length > 0) {
    const index = rest.some(({ path }) => moved.has(path))
      ? `; ${quarantineName}/index in the root tells where each is that was moved away`
      : "";
    const count = rest.length.toLocaleString("en-US");
    await logToEngine(urn, "info", `${formatSite(site)}: and ${count} more paths were repaired${index}`);
  }
  if (expired > 0) {
    const what = `${expired.toLocaleString("en-US")} ${expired === 1 ? "entry" : "entries"}`;
    const text = `${what} of ${quarantineName} in the root removed, moved away more than ${quarantineDays} days ago`;
    await logToEngine(urn, "info", `${formatSite(site)}: ${text}`);
  }
}

/** What is worth knowing of a jail and is no drift; said once, on the resource that declares it. */
function remarks({ observation, merged, plan }: View): string[] {
  const { paths, count } = plan.undeclared;
  const shown = paths.map(show).join(", ");
  const more = count > paths.length ? ` and ${(count - paths.length).toLocaleString("en-US")} more` : "";
  return [
    ...observation.gaps,
    ...plan.foreignMounts.map((mount) => `${show(mount)} is a mount point that nobody declares, and is left alone`),
    ...observation.damaged.map(({ file, why }) => `${file} in the registry does not count: it ${why}`),
    ...merged.late.map(
      ({ owner }) =>
        `${owner.label} was not known when the Jail was checked (declared after an await, or at a path that is an Output): what it claims is taken from its record`,
    ),
    ...(count > 0 ? [`held to the baseline only, no rule speaks of: ${shown}${more}`] : []),
  ];
}

/** A rule that could as well not be there, or is misspelt. */
function deadText({ claim, coveredBy }: IdleClaim): string {
  const rule = formatOwner(claim.by);
  return coveredBy
    ? `${rule} changes nothing: ${formatOwner(coveredBy.by)} says otherwise wherever it matches`
    : `${rule} matches nothing: there is no file or directory like ${show(bytesOf(claim.match.source))} that it would change (runtime: true is for what comes and goes)`;
}

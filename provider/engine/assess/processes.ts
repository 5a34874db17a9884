import { messageOf } from "../../errors";
import type { Declaration } from "../../intent/declaration";
import { type Finding, finding, uniqueFindings } from "../../intent/finding";
import type { DeclaredJail } from "../../intent/merge";
import type { Renumbering } from "../../intent/renumbering";
import { principalId } from "../../model/entry";
import type { Running } from "../../observe/process";
import { accepted } from "../../plan/acceptance";
import type { Identity } from "../../plan/checks/identity";
import { processFindings, uncheckedProcesses } from "../../plan/checks/processes";
import { NewFindings } from "../../plan/new-findings";
import { type DifferenceText, uncheckedText } from "../../render/text/difference-text";
import type { DriftTexts } from "../../render/text/drift-map";
import { findingText, sentenceOf } from "../../render/text/findings/finding-text";
import { kinds } from "../../resources/kinds";
import type { Assessment } from "./assessment";
import { type Launched, launchesOf } from "./launches";

/** One resource's report on the processes in its jail. */
export interface ProcessReport {
  readonly findings: readonly Finding[];
  /** Why some processes, or some facts about one, were not seen. */
  readonly unchecked?: Finding;
}

/** A resource that declares the processes of a jail: a Wrapper, and the Jail of a daemon that changes its root itself. */
export function declaresProcesses({ kind }: Declaration): boolean {
  return kinds.get(kind)?.declaresJail === true || kinds.get(kind)?.started !== undefined;
}

/** Whether processes that are not as declared are drift of a resource. */
export function failsOnStaleProcess({ kind, args }: Pick<Declaration, "kind" | "args">): boolean {
  return kinds.get(kind)?.failsOnStaleProcess?.(args) === true;
}

/** Whether checking a declaration will ask for the running processes. */
export function needsProcesses({ kind, args }: Pick<Declaration, "kind" | "args">): boolean {
  const { declaresJail, started } = kinds.get(kind) ?? {};
  return started !== undefined || (declaresJail === true && kinds.get(kind)?.daemon?.(args) !== undefined);
}

/** The findings about the processes of a jail, of all resources that declare them. */
export async function findProcesses(
  assessment: Assessment,
  root: string,
  running: () => Promise<Running>,
): Promise<Finding[]> {
  const declaring = assessment.merged.declarations.filter(declaresProcesses);
  const reports = await Promise.all(declaring.map((one) => reportProcesses(one, assessment, root, running)));
  return uniqueFindings(reports.flatMap(({ findings, unchecked }) => [...findings, ...(unchecked ? [unchecked] : [])]));
}

/**
 * Compares the running processes with the declared ones. If the jail has Wrappers, each reports its own daemon, else the Jail
 * does.
 */
export async function reportProcesses(
  { kind, owner, args }: Declaration,
  { merged, observation }: Assessment,
  root: string,
  running: () => Promise<Running>,
): Promise<ProcessReport> {
  const launched = launchesOf(merged, observation.principals, root);
  const own = launched.find(({ by }) => by.owner.label === owner.label);
  const isWrapped = merged.declarations.some((one) => kinds.get(one.kind)?.started);
  const isNative = kinds.get(kind)?.declaresJail === true && !isWrapped;
  const identities = isNative ? nativeIdentity(merged.jail, observation.principals) : launched.map(identityOf);
  if ((!own && !isNative) || identities.length === 0) return { findings: [] };
  try {
    const seen = await running();
    const { processes } = seen;
    const isOthers = (uids: readonly number[]) =>
      !uids.includes(own?.launch.uid ?? -1) && launched.some(({ launch }) => uids.includes(launch.uid));
    const all = processFindings(isNative ? processes : processes.filter(({ uids }) => !isOthers(uids)), identities);
    const earlier = new NewFindings(observation.earlier);
    const found = earlier.mark(accepted(all, merged.jail?.intent.accept ?? {}, observation.entries));
    const unchecked = uncheckedProcesses(seen);
    const isForced = seen.blind !== undefined && failsOnStaleProcess({ kind, args });
    if (!unchecked) return { findings: found };
    const evidence = { ...unchecked.evidence, ...(isForced ? { isForced } : {}) };
    const [marked] = earlier.mark([{ ...unchecked, evidence }]);
    return { findings: found, ...(marked ? { unchecked: marked } : {}) };
  } catch (error) {
    return { findings: [], unchecked: finding("processes-unknown", { error: messageOf(error) }) };
  }
}

function identityOf({ launch }: Launched): Identity {
  const { label, uid, gid, groups, umask } = launch;
  return {
    label,
    uid,
    gid,
    groups,
    capabilities: Object.keys(launch.capabilities),
    noNewPrivs: true,
    environment: Object.keys(launch.environment),
    umask,
  };
}

function nativeIdentity(
  jail: DeclaredJail | undefined,
  { uids, gids }: Assessment["observation"]["principals"],
): Identity[] {
  const uid = principalId(jail?.intent.user ?? "", uids);
  const gid = principalId(jail?.intent.group ?? "", gids);
  if (!jail || uid === undefined || gid === undefined) return [];
  return [{ label: jail.owner.label.replace("::", " "), uid, gid, groups: [], capabilities: [], noNewPrivs: false }];
}

/**
 * Why a daemon must not be started with another number: its user was renumbered on the host, and it still runs with the old
 * number. Its files would have no owner, and the next user with that number would get them.
 */
export async function renumberingProblem(
  { owner }: Declaration,
  { merged, observation }: Assessment,
  root: string,
  running: () => Promise<Running>,
): Promise<Renumbering | undefined> {
  const before = observation.records.find(({ token }) => token === owner.token)?.uid;
  const own = launchesOf(merged, observation.principals, root).find(({ by }) => by.owner.label === owner.label);
  if (before === undefined || !own || own.launch.uid === before) return undefined;
  const numbers = { before, now: own.launch.uid };
  const found = await running().catch(messageOf);
  if (typeof found === "string") return { ...numbers, problem: "processes-unknown", error: found };
  const old = found.processes.find(({ uids }) => uids.includes(before));
  if (old) return { ...numbers, problem: "old-number-runs", pid: old.pid };
  const seen = uncheckedProcesses(found);
  return seen && { ...numbers, problem: "processes-partly-seen", seen };
}

/**
 * Findings as drift of the resources that ask for it. A mere hint is no drift. An unseen process counts as one, as it may run
 * anything.
 */
export function processDriftTexts({ findings, unchecked }: ProcessReport): DriftTexts {
  const worth = findings.filter(({ severity, accepted }) => severity !== "low" && accepted === undefined);
  const texts = worth.map((one, index) => {
    const { what, remedy = "" } = sentenceOf(one);
    return [`(process ${index + 1})`, { live: what, declared: remedy, marks: "" }] as const;
  });
  return new Map<string, DifferenceText>([
    ...(unchecked === undefined ? [] : [["(processes)", uncheckedText(findingText(unchecked))] as const]),
    ...texts,
  ]);
}

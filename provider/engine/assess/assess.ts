import type { Declaration } from "../../intent/declaration";
import type { FileClaim } from "../../intent/file-claim";
import { type Finding, finding } from "../../intent/finding";
import type { HostLimit } from "../../intent/host-limit";
import type { ProgramView } from "../../intent/merge";
import type { Bytes } from "../../model/bytes";
import type { Principals } from "../../model/entry";
import type { Observation } from "../../observe/observation";
import { plan } from "../../plan/plan";
import { asOpened, stillSealed } from "../../plan/seal/seal";
import { kinds } from "../../resources/kinds";
import type { Assessment } from "./assessment";
import type { HostAnswers } from "./host-answers";
import type { HostAccess, JailContext } from "./jail-context";
import { launchesOf, launchFileClaims, missingPrograms } from "./launches";
import { logGaps, logRefusals } from "./log-socket";
import { mountGaps, mountRefusals } from "./mount-refusals";
import { showsSource } from "./mounts";
import { nestedJailRefusals } from "./nested-jails";
import { resolveIntent } from "./resolved-intent";

/** A jail, the host's answers about it so far, and the way to ask more. */
export interface AssessContext extends HostAnswers, HostAccess, Pick<JailContext, "otherJails"> {}

export async function assess(
  program: ProgramView,
  observation: Observation,
  { site, otherJails, use, files, launches, binaries, links, sources, hostClaims, mounts, logins }: AssessContext,
  isCertain?: (path: Bytes) => boolean,
): Promise<Assessment> {
  const leftSealed = stillSealed(observation.entries, observation.leftSealed);
  const opened = { ...observation, entries: asOpened(observation.entries, leftSealed), leftSealed };
  const {
    merged,
    files: declared,
    copies,
    closure,
    mounts: durable,
    observation: named,
    passwd,
    leaving,
  } = await resolveIntent(
    program,
    opened,
    { site, use, binaries, links, sources },
    (declaration, { principals }) =>
      kinds.get(declaration.kind)?.files?.(declaration, { root: site.root, principals }) ?? [],
  );
  const launched = launchesOf(merged, named.principals, site.root);
  const mounting = await mounts.with(merged, durable, named, { site, use });
  const others = [...copies, ...declared, ...launched.flatMap(launchFileClaims)];
  const claims = [...others, ...mounting.files].map(hiding(observation.records));
  // Requests started together share one round trip.
  const looking = { site, otherJails, stack: program.stack, machineId: observation.machineId };
  const [facts, unlaunched, taken, lockedOut] = await Promise.all([
    files.learn({ site, use }, claims, named.entries, mounting.places),
    launches.refusals(site, launched, use),
    hostClaims.refusals(looking, others, use),
    logins.refusals(merged, named, passwd, use),
  ]);
  const gaps = [
    ...named.gaps,
    ...closure.hints,
    ...mounting.gaps,
    ...mountGaps(mounting, facts),
    ...logGaps(mounting, facts),
  ];
  const found = { ...named, gaps: unique(gaps), files: facts };
  const refusals = [
    ...merged.refusals,
    ...merged.declarations.flatMap((declaration) => problemsOf(declaration, named.principals)),
    ...nestedJailRefusals({ site, otherJails }, program, found, merged.jail),
    ...mountRefusals(mounting, merged, found, site),
    ...logRefusals(mounting, merged, found),
    ...unlaunched,
    ...missingPrograms(launched, merged, found, claims),
    ...taken,
    ...lockedOut,
  ];
  return {
    merged,
    observation: found,
    plan: plan({ ...merged, refusals }, found, isCertain, {
      files: claims,
      mounting: { ...mounting, isSame: showsSource(site.root, found.files) },
      leaving,
    }),
  };
}

/** Each limit once: several programs may need the same library. */
function unique(limits: readonly HostLimit[]): HostLimit[] {
  return [...new Map(limits.map((limit) => [JSON.stringify(limit), limit])).values()];
}

/** A content counts as secret if a record says so of its resource or its path: the file there may still hold that secret. */
function hiding(records: Observation["records"]): (claim: FileClaim) => FileClaim {
  const files = records.map(({ kind, token, args }) => ({ token, ...kinds.get(kind)?.file?.(args) }));
  const secret = files.filter(({ isSecret }) => isSecret === true);
  const tokens = new Set(secret.map(({ token }) => token));
  const places = new Set(secret.map(({ at }) => at));
  return (claim) => {
    const { at, by, is } = claim;
    if (is.type !== "file" || !is.content || !(places.has(at) || tokens.has(by.token ?? ""))) return claim;
    return { ...claim, is: { ...is, content: { ...is.content, isSecret: true } } };
  };
}

function problemsOf(declaration: Declaration, principals: Principals): Finding[] {
  return (kinds.get(declaration.kind)?.problems?.(declaration, principals) ?? []).map((problem) =>
    finding("argument-unfit", problem, { by: declaration.owner }),
  );
}

import type { Use } from "../agent/asking";
import { withNames } from "../agent/principals";
import type { Site } from "../agent/site";
import { type Owner, sameOwner } from "../intent/claim";
import type { Declaration } from "../intent/declaration";
import { type Merged, merge, namesIn, type ProgramView, type Refusal } from "../intent/merge";
import { type Bytes, show } from "../model/bytes";
import type { Principals } from "../model/entry";
import type { Observation } from "../observe/observation";
import type { Difference } from "../plan/difference";
import { type Plan, plan } from "../plan/plan";
import { asOpened, stillSealed } from "../plan/seal";
import type { DriftTexts } from "../render/drift-map";
import { differenceText } from "../render/text";
import { kinds } from "../resources/kinds";
import { refusalsAround } from "./around";
import { KnownBinaries } from "./binaries";
import { KnownFiles } from "./file-facts";
import { KnownLaunches, launchesOf, launchFiles, missingPrograms } from "./launches";
import { logGaps, logRefusals } from "./log-socket";
import { KnownMounts, mountRefusals, showsSource } from "./mounts";
import { KnownNeighbours } from "./neighbours";

/** What is known of a jail at one moment: what is wanted, what is there, and how they differ. */
export interface View {
  readonly merged: Merged;
  readonly observation: Observation;
  readonly plan: Plan;
}

/** What a view needs of the host beside what was observed. */
export interface Ways extends Known {
  readonly site: Site;
  /** For names that only a directory service knows, and for files. */
  readonly use: Use;
}

/** What a host has been asked since it was observed, beside what is in the jail. */
export interface Known {
  readonly files: KnownFiles;
  readonly launches: KnownLaunches;
  readonly binaries: KnownBinaries;
  readonly neighbours: KnownNeighbours;
  readonly mounts: KnownMounts;
}

/** Nothing is known yet. */
export function newlyKnown(): Known {
  return {
    files: new KnownFiles(),
    launches: new KnownLaunches(),
    binaries: new KnownBinaries(),
    neighbours: new KnownNeighbours(),
    mounts: new KnownMounts(),
  };
}

export async function viewOf(
  program: ProgramView,
  observation: Observation,
  { site, use, files, launches, binaries, neighbours, mounts }: Ways,
  isCertain?: (path: Bytes) => boolean,
): Promise<View> {
  const declared = merge(program, observation.records, kinds);
  const { merged, files: copies, closure } = await binaries.with(declared, site, use);
  const leftSealed = stillSealed(observation.entries, observation.leftSealed);
  const opened = { ...observation, entries: asOpened(observation.entries, leftSealed), leftSealed };
  const named = await withNames(opened, namesIn(merged), use);
  const launched = launchesOf(merged, named.principals, site.root);
  const mounting = await mounts.with(merged, named, site, use);
  const jail = { root: site.root, principals: named.principals };
  const others = [
    ...copies,
    ...merged.declarations.flatMap((one) => kinds.get(one.kind)?.files?.(one, jail) ?? []),
    ...launched.flatMap(launchFiles),
  ];
  const claims = [...others, ...mounting.files];
  // What is asked for at the same time is one round trip.
  const looking = { site, stack: program.stack, machineId: observation.machineId };
  const [facts, unlaunched, taken] = await Promise.all([
    files.learn(site, claims, named.entries, use, mounting.places),
    launches.refusals(site, launched, use),
    neighbours.refusals(looking, others, use),
  ]);
  const gaps = [...named.gaps, ...closure.hints, ...mounting.gaps, ...logGaps(mounting, facts)];
  const found = { ...named, gaps: [...new Set(gaps)], files: facts };
  const refusals = [
    ...merged.refusals,
    ...merged.declarations.flatMap((one) => problemsOf(one, named.principals)),
    ...refusalsAround(site, program, found, merged.jail),
    ...mountRefusals(mounting, merged, found, site),
    ...logRefusals(mounting, merged, found),
    ...unlaunched,
    ...missingPrograms(launched, merged, found, claims),
    ...taken,
  ];
  return {
    merged,
    observation: found,
    plan: plan({ ...merged, refusals }, found, isCertain, claims, {
      ...mounting,
      isSame: showsSource(site.root, found.files),
    }),
  };
}

function problemsOf(one: Declaration, principals: Principals): Refusal[] {
  return (kinds.get(one.kind)?.problems?.(one, principals) ?? []).map((why) => ({ owner: one.owner, why }));
}

export function differencesOf({ plan: { differences } }: View, owner: Owner): Difference[] {
  return differences.filter((difference) => sameOwner(difference.owner, owner));
}

// Names in a jail's root that would be something else as the key of a map: a remark, a key that Pulumi hides or a mark of
// its own (pkg/resource/sig), or no key at all.
const notAKey = /^\(|^__|^4dabf18193072939515e22adb298388d$/;

/** A resource's differences in words, by path. */
export function differenceTexts(view: View, owner: Owner): DriftTexts {
  const texts = differencesOf(view, owner).map((difference) => {
    const path = show(difference.path);
    return [notAKey.test(path) ? `./${path}` : path, differenceText(difference, view.observation)] as const;
  });
  return new Map(texts);
}

/** Why a resource cannot be converged; empty when it can. */
export function refusalsOf({ plan: { refusals } }: View, owner: Owner): string[] {
  const own = (refusal: Refusal) => refusal.owner === undefined || sameOwner(refusal.owner, owner);
  return refusals.filter(own).map(({ why }) => why);
}

import { type Expectation, expectationOf } from "../intent/expectation";
import { type FileClaim, isOnHost } from "../intent/file-claim";
import { type Finding, finding, uniqueFindings } from "../intent/finding";
import { mayMatchWithin } from "../intent/glob/glob";
import type { Merged } from "../intent/merge";
import type { MountClaim } from "../intent/mount-claim";
import { type Bytes, bytesOf } from "../model/bytes";
import { type Observation, rootOf } from "../observe/observation";
import { accepted, deadAcceptances } from "./acceptance";
import { withBlocks } from "./blocked";
import { openChannels } from "./checks/channels";
import { accounts, adoption, contradictions, laterRecords, sharedRoot, unfit, unmounted } from "./checks/refusals";
import { toldAsSecondJail } from "./checks/second-jail";
import { Comparison } from "./compare";
import { ledAstray } from "./contents/host-link";
import { type Leaving, type LeavingFile, leavingFiles } from "./contents/leaving";
import { listenDifferences } from "./contents/listening";
import { type Mounting, mountDifferences } from "./contents/mounts";
import { differenceOnHost } from "./contents/on-host";
import { Provided } from "./contents/provided";
import { planPrune } from "./contents/prune";
import { UndeclaredEntries } from "./contents/undeclared-entries";
import type { Difference } from "./difference";
import { NewFindings } from "./new-findings";
import { uncheckedPlaces } from "./unchecked";
import { unreadEntries } from "./unread-entries";
import { daemonsIn, weighed } from "./weight";

/** The comparison of a jail's intent with an observation: a preview shows it, `up` repairs it, an audit reports it. */
export interface Plan {
  readonly differences: readonly Difference[];
  /** Refusals, unchecked parts and remarks. An unchecked jail must never read as in sync. */
  readonly findings: readonly Finding[];
  /** The files of resources that the program has dropped. */
  readonly leaving: readonly Leaving[];
}

/** The files, links and mounts that resources put into a jail and onto its host, and the files of dropped resources. */
interface Contents {
  readonly files: readonly FileClaim[];
  readonly mounting: Mounting & { isSame(claim: MountClaim): boolean };
  readonly leaving: readonly LeavingFile[];
}

const nothing: Contents = { files: [], mounting: { claims: [], departed: [], isSame: () => false }, leaving: [] };

/**
 * `isCertain` says whether only root can replace the file at a path; without it every path counts as certain. `isSame` says
 * whether a bind shows its source.
 */
export function plan(
  merged: Merged,
  observation: Observation,
  isCertain: (path: Bytes) => boolean = () => true,
  { files, mounting, leaving: dropped }: Contents = nothing,
): Plan {
  const expectation = expectationOf(merged.intent);
  const provided = new Provided(files, observation.files);
  const moved = planPrune(merged, expectation, observation, provided);
  const leaving = leavingFiles(dropped, expectation, observation, { provided, pruned: moved });
  const going = new Set(leaving.filter(({ why }) => why === undefined).map(({ claim }) => claim.at));
  const accept = merged.jail?.intent.accept ?? {};
  const earlier = new NewFindings(observation.earlier);
  const comparison = new Comparison(expectation, observation, provided, {
    jail: merged.jail?.owner,
    pruned: moved,
    undeclared: new UndeclaredEntries(accept, {
      isNew: (at) => earlier.isNewEntry(at),
      isGoing: (at) => going.has(at),
    }),
  });
  for (const [path, live] of observation.entries) comparison.entry(path, live);
  for (const [path, claim] of expectation.required) comparison.required(path, claim);
  for (const claim of provided.claims) if (!isOnHost(claim.at)) comparison.provided(claim);
  const by = merged.jail?.owner;
  const root = merged.jail?.intent.root ?? "";
  const inside = { root, expectation, observation, files: provided, mounts: mounting.claims.map(({ at }) => at) };
  const onHost: Difference[] = [];
  for (const claim of provided.claims) {
    if (!isOnHost(claim.at) || !observation.files) continue;
    const astray = ledAstray(claim, inside);
    if (astray) provided.refusals.push(astray);
    else onHost.push(...differenceOnHost(claim, provided, observation.files));
  }
  const all = toldAsSecondJail([
    ...merged.refusals,
    ...adoption(merged, observation),
    ...sharedRoot(merged, observation),
    ...unmounted(observation),
    ...laterRecords(observation),
    ...accounts(merged, observation),
    ...unfit(merged, observation, comparison.differences.length > 0),
    ...comparison.refusals(),
    ...contradictions(expectation),
    ...provided.refusals,
  ]);
  const refusals = uniqueFindings(all);
  const ours = new Set([...mounting.claims, ...mounting.departed].map(({ at }) => at));
  // Sorted by path: the order of a scan differs from host to host, and from run to run.
  const differences = comparison.differences.sort((one, other) => byPath(one.path, other.path));
  const foreignMounts = observation.mounts.filter((path) => !ours.has(path) && !expectation.excluded(path));
  const found = accepted(
    [
      ...refusals,
      ...uncheckedPlaces(merged.intent.claims, expectation, by, {
        unread: unreadEntries(observation),
        foreignMounts,
      }),
      ...(moved?.unchecked ?? []),
      ...idleRules(expectation, observation),
      ...observation.gaps.map((limit) => finding("host-limit", limit, { by })),
      ...foreignMounts.map((at) => finding("undeclared-mount", {}, { at, by })),
      ...openChannels(observation.entries, expectation, (path) => path === mounting.listener?.at, by),
      ...observation.damaged.map((damage) => finding("damaged-record", damage, { by })),
      ...(merged.jail?.intent.undeclared === "ignore" ? [] : comparison.undeclared.findings(by)),
    ],
    accept,
    observation.entries,
  );
  return {
    differences: weighed(
      [
        ...withBlocks(differences, observation.entries, isCertain),
        ...onHost,
        ...listenDifferences(mounting.listener, mounting.unheard, observation),
        ...mountDifferences(mounting, observation, mounting.isSame),
      ],
      observation.entries,
      daemonsIn(merged.daemons, observation.principals),
    ),
    findings: earlier.mark([...found, ...deadAcceptances(found, accept, by)]),
    leaving,
  };
}

/** Rules that match no entry, or that other rules override everywhere. */
function idleRules(expectation: Expectation, observation: Observation): Finding[] {
  // In a jail that does not exist yet no rule can match.
  const idle = rootOf(observation) ? expectation.idle() : [];
  const { unseen = [] } = observation;
  return idle
    .filter(({ claim }) => !unseen.some(({ at }) => mayMatchWithin(claim.match, at)))
    .map(({ claim: { by, match }, coveredBy }) =>
      finding("dead-rule", coveredBy ? { coveredBy: coveredBy.by } : {}, { at: bytesOf(match.source), by }),
    );
}

function byPath(one: Bytes, other: Bytes): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

import type { Site } from "../../agent/site";
import { addCreated, type CreatedType, createdPlaces } from "../../intent/created";
import { isOnHost } from "../../intent/file-claim";
import type { RegistryRecord } from "../../intent/registry-record";
import { type Bytes, show } from "../../model/bytes";
import { directoriesAbove } from "../../model/path";
import { type Observation, rootOf } from "../../observe/observation";
import { kinds } from "../../resources/kinds";
import { type Assessment, differencesOf } from "../assess/assessment";
import type { Job } from "./job";

/** Notes in the records to be written, the jail's own included, which paths this run makes where none exists. */
export function noteCreated(
  written: readonly RegistryRecord[],
  before: Assessment,
  jobs: readonly Job[],
  site: Site,
): RegistryRecord[] {
  const { records } = before.observation;
  const token = before.merged.jail?.owner.token;
  const jail = [...written, ...records].find((record) => record.token === token);
  if (!jail) return [...written];
  const last = records.find((record) => record.token === token);
  const known = last ? last.created : inheritedCreated(records);
  const places = pathsToCreate(before, jobs, site);
  const created = known || places.length > 0 ? addCreated(known ?? {}, places) : undefined;
  const noted = created ? { ...jail, created } : jail;
  return [...written.filter((record) => record.token !== token), noted];
}

/**
 * A jail that was renamed, or whose state was lost, has made the paths of its other record. A new jail has made none so far.
 */
function inheritedCreated(records: readonly RegistryRecord[]): RegistryRecord["created"] {
  const jails = records.filter(({ kind }) => kinds.get(kind)?.declaresJail);
  const noted = jails.flatMap(({ created }) => created ?? []);
  if (jails.length > 0 && noted.length === 0) return undefined;
  return noted.reduce((all, created) => addCreated(all, createdPlaces(created)), {});
}

function pathsToCreate(before: Assessment, jobs: readonly Job[], { root }: Site): (readonly [CreatedType, string])[] {
  const { observation } = before;
  const owners = jobs.map(({ declaration }) => declaration);
  const jails = owners.filter(({ kind }) => kinds.get(kind)?.declaresJail);
  // Only a Jail makes its root.
  if (!rootOf(observation) && jails.length === 0) return [];
  const missing = owners.flatMap(({ owner }) => differencesOf(before, owner)).filter(({ live }) => live === undefined);
  const directories = missing.filter(({ want }) => want.type === "directory").map(({ path }) => path);
  const newClaims = jails
    .flatMap(({ owner }) => differencesOf(before, owner))
    .flatMap(({ live, put }) => (put && !live ? [put.claim] : []));
  return [
    ...[...missingAbove(root, observation), ...directories].map((path) => ["directory", show(path)] as const),
    ...newClaims.filter(({ at }) => !isOnHost(at)).map(({ at, is }) => [is.type, show(at)] as const),
  ];
}

/** The directories above a root that are made with it. */
function missingAbove(root: string, { absent }: Observation): Bytes[] {
  return absent === undefined ? [] : directoriesAbove(root).filter((path) => path.length >= absent.length);
}

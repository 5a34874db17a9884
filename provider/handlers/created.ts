import type { Site } from "../agent/site";
import { addCreated, type CreatedType, createdPlaces } from "../intent/created";
import type { RegistryRecord } from "../intent/declaration";
import { isOnHost } from "../intent/file-claim";
import { type Bytes, show } from "../model/bytes";
import { waysTo } from "../model/path";
import { type Observation, rootOf } from "../observe/observation";
import { kinds } from "../resources/kinds";
import type { Job } from "./converge";
import { differencesOf, type View } from "./view";

/** Records that are about to be written, with the jail's own: it notes what is about to be made where nothing is. */
export function noteCreated(
  written: readonly RegistryRecord[],
  before: View,
  jobs: readonly Job[],
  site: Site,
): RegistryRecord[] {
  const { records } = before.observation;
  const token = before.merged.jail?.owner.token;
  const jail = [...written, ...records].find((record) => record.token === token);
  if (!jail) return [...written];
  const last = records.find((record) => record.token === token);
  const known = last ? last.created : inherited(records);
  const places = aboutToBeMade(before, jobs, site);
  const created = known || places.length > 0 ? addCreated(known ?? {}, places) : undefined;
  const noted = created ? { ...jail, created } : jail;
  return [...written.filter((record) => record.token !== token), noted];
}

/** A jail that was renamed, or whose state was lost, is what its other record says. A new one has made nothing so far. */
function inherited(records: readonly RegistryRecord[]): RegistryRecord["created"] {
  const jails = records.filter(({ kind }) => kinds.get(kind)?.declaresJail);
  const noted = jails.flatMap(({ created }) => created ?? []);
  if (jails.length > 0 && noted.length === 0) return undefined;
  return noted.reduce((all, created) => addCreated(all, createdPlaces(created)), {});
}

function aboutToBeMade(before: View, jobs: readonly Job[], { root }: Site): (readonly [CreatedType, string])[] {
  const { observation } = before;
  const owners = jobs.map(({ declaration }) => declaration);
  const jails = owners.filter(({ kind }) => kinds.get(kind)?.declaresJail);
  // Only a Jail makes its root.
  if (!rootOf(observation) && jails.length === 0) return [];
  const missing = owners.flatMap(({ owner }) => differencesOf(before, owner)).filter(({ live }) => live === undefined);
  const directories = missing.filter(({ want }) => want.type === "directory").map(({ path }) => path);
  const puts = jails
    .flatMap(({ owner }) => differencesOf(before, owner))
    .flatMap(({ live, put }) => (put && !live ? [put.claim] : []));
  return [
    ...[...missingAbove(root, observation), ...directories].map((path) => ["directory", show(path)] as const),
    ...puts.filter(({ at }) => !isOnHost(at)).map(({ at, is }) => [is.type, show(at)] as const),
  ];
}

/** The directories above a root that are made with it. */
function missingAbove(root: string, { absent }: Observation): Bytes[] {
  return absent === undefined ? [] : waysTo(root).filter((path) => path.length >= absent.length);
}

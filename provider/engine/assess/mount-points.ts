import type { Expectation } from "../../intent/expectation";
import type { JailIntent } from "../../intent/jail-intent";
import type { MountClaim } from "../../intent/mount-claim";
import type { MountPointProblem } from "../../intent/mount-problem";
import { type Bytes, bytesOf, utf8Of } from "../../model/bytes";
import { ancestors } from "../../model/path";
import type { Observation } from "../../observe/observation";
import { staysKept } from "../../plan/seal/stays-cold";

/** A place of a jail on which something is to be mounted. */
interface Place {
  readonly at: Bytes;
  readonly claims: readonly MountClaim[];
  readonly jail: Pick<JailIntent, "directories" | "writable"> | undefined;
}

/** Why something of the host's cannot be shown at a place of the jail. */
export function mountPointProblem(
  place: Place,
  { expectation, observation }: { readonly expectation: Expectation; readonly observation: Observation },
): MountPointProblem | undefined {
  return declaredBelow(place) ?? writableAbove(place.at, expectation, observation);
}

/** Entries declared below a mount are refused: `up` would make them in the mounted file system. */
function declaredBelow({
  at,
  claims,
  jail: { directories, writable } = noPlaces,
}: Place): MountPointProblem | undefined {
  const places = [...Object.keys(directories), ...Object.keys(writable)].map(bytesOf);
  const above = Object.keys(writable).find((path) => path === "." || at.startsWith(`${bytesOf(path)}/`));
  if (above !== undefined) return { problem: "writable-above", above };
  const lost = places.find((path) => path.startsWith(`${at}/`) && !claims.some((claim) => claim.at === path));
  if (lost !== undefined) return { problem: "declared-below", path: lost };
  return writable[utf8Of(at)] === undefined ? undefined : { problem: "writable-itself" };
}

const noPlaces = { directories: {}, writable: {} };

/** A mount command follows links, so nothing is mounted until only root can make a link on the way. */
function writableAbove(at: Bytes, expectation: Expectation, observation: Observation): MountPointProblem | undefined {
  const way = ["." as Bytes, ...ancestors(at), at];
  const hot = way.find((path, index) => {
    const entry = way[index + 1];
    const isThere = entry !== undefined && observation.entries.has(path);
    return isThere && !staysKept(path, entry, expectation, observation);
  });
  return hot === undefined ? undefined : { problem: "others-write-above", above: hot };
}

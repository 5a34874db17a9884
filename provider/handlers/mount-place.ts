import type { Expectation } from "../intent/expected";
import type { MountClaim } from "../intent/mount-claim";
import { ancestors, type Bytes, bytesOf, show, utf8Of } from "../model/bytes";
import type { Observation } from "../observe/observation";
import { staysCold } from "../plan/stays-cold";
import type { JailInputs } from "../resources/jail/args";

/** Why something of the host's cannot be shown at a place of the jail. */
export function placeProblem(
  at: Bytes,
  claims: readonly MountClaim[],
  args: Partial<JailInputs>,
  expectation: Expectation,
  observation: Observation,
): string | undefined {
  return below(at, claims, args) ?? hotAbove(at, expectation, observation);
}

/** What is declared below a mount is not made there: it would be in what is mounted. */
function below(at: Bytes, claims: readonly MountClaim[], args: Partial<JailInputs>): string | undefined {
  const places = [...Object.keys(args.directories ?? {}), ...Object.keys(args.writable ?? {})].map(bytesOf);
  const above = Object.keys(args.writable ?? {}).find((path) => path === "." || at.startsWith(`${bytesOf(path)}/`));
  if (above !== undefined) return `${above} above it is declared as writable: declare a path where only root may write`;
  const lost = places.find((path) => path.startsWith(`${at}/`) && !claims.some((claim) => claim.at === path));
  if (lost !== undefined) return `${show(lost)} is declared below it, and would be in what is mounted: leave it out`;
  return args.writable?.[utf8Of(at)] !== undefined
    ? "it is declared as writable, too: say with owner, group and mode of the mount who may write there"
    : undefined;
}

/** A mount command follows links: once all is as declared nobody else may make one on the way. Until then nothing is mounted. */
function hotAbove(at: Bytes, expectation: Expectation, observation: Observation): string | undefined {
  const there = ["." as Bytes, ...ancestors(at)].filter((path) => observation.entries.has(path));
  const hot = there.find((path) => !staysCold(path, expectation, observation));
  return hot === undefined
    ? undefined
    : `others than root may write in ${show(hot)}, and could put another directory in its place: declare a path where only root may write`;
}

import type { Site } from "../../agent/site";
import { expectationOf } from "../../intent/expectation";
import { type Finding, finding } from "../../intent/finding";
import type { HostLimit } from "../../intent/host-limit";
import type { Merged } from "../../intent/merge";
import type { MountProblem, SourceProblem } from "../../intent/mount-problem";
import { type Bytes, utf8Of } from "../../model/bytes";
import type { FileFacts, HostPlace } from "../../observe/file-facts";
import type { Observation } from "../../observe/observation";
import type { Mounting } from "../../plan/contents/mounts";
import { socketProblem } from "./log-socket";
import { mountPointProblem } from "./mount-points";

/** Why something cannot be mounted. */
export function mountRefusals(
  { claims, listener }: Mounting,
  { jail, intent }: Merged,
  observation: Observation,
  site: Site,
): Finding[] {
  if (claims.length === 0) return [];
  const expectation = expectationOf(intent);
  return claims.flatMap(({ at, by, is }) => {
    const source = is.type === "bind" ? observation.files?.places.get(is.source) : undefined;
    const problems: readonly (MountProblem | undefined)[] = [
      is.type === "bind" ? insideProblem(is, site.root) : undefined,
      is.type === "bind" && source && !is.isUntrusted
        ? (at === listener?.at ? socketProblem : sourceProblem)(is.source, source)
        : undefined,
      is.type === "proc" ? procProblem(observation.kernel) : undefined,
      mountPointProblem({ at, claims, jail: jail?.intent }, { expectation, observation }),
    ];
    const first = problems.find((problem) => problem !== undefined);
    return first ? [finding("mount-unsafe", first, { at, by })] : [];
  });
}

/** Before Linux 5.8 every proc mount of a host has the same options. */
function procProblem(release = ""): MountProblem | undefined {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(release) ?? []).map(Number);
  return major > 5 || (major === 5 && minor >= 8) ? undefined : { problem: "kernel-old", release };
}

/** A source must not hold the jail, nor lie in it. */
function insideProblem(
  { source, shows = "directory" }: { source: Bytes; shows?: "file" | "socket" | "directory" },
  root: string,
): SourceProblem | undefined {
  const path = utf8Of(source);
  const isIn = (one: string, top: string) => one === top || one.startsWith(`${top}/`);
  if (isIn(root, path)) return { problem: "source-around-jail", source };
  return isIn(path, root) ? { problem: "source-in-jail", source, shows } : undefined;
}

function sourceProblem(source: Bytes, { live, unsafe }: HostPlace): SourceProblem | undefined {
  if (unsafe) return { problem: "source-unsafe", source, place: unsafe };
  if (!live) return { problem: "source-missing", source };
  if (["directory", "file", "socket"].includes(live.type)) return undefined;
  return { problem: "source-unfit", source, type: live.type };
}

/**
 * Places where nothing can be mounted, as users other than root could replace the source. They are no refusals: those users could
 * keep the jail from being repaired.
 */
export function mountGaps({ claims }: Mounting, { places }: FileFacts): HostLimit[] {
  return claims.flatMap(({ at, is }) => {
    const source = is.type === "bind" && is.isUntrusted ? places.get(is.source) : undefined;
    const why =
      is.type === "bind" && source ? sourceProblem(is.source, source.live ? { live: source.live } : {}) : undefined;
    return why ? [{ problem: "mount-impossible", at, why }] : [];
  });
}

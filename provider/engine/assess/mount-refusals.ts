import type { Site } from "../../agent/site";
import { expectationOf } from "../../intent/expectation";
import { type Finding, finding } from "../../intent/finding";
import type { Merged } from "../../intent/merge";
import { type Bytes, show, showRemote, utf8Of } from "../../model/bytes";
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
    const why = [
      is.type === "bind" ? insideProblem(is, site.root) : undefined,
      is.type === "bind" && source && !is.isUntrusted
        ? (at === listener?.at ? socketProblem : sourceText)(is.source, source)
        : undefined,
      is.type === "proc" ? procProblem(observation.kernel) : undefined,
      mountPointProblem({ at, claims, jail: jail?.intent }, { expectation, observation }),
    ].find((text) => text !== undefined);
    return why === undefined ? [] : [finding("mount-unsafe", { why }, { at, by })];
  });
}

/** Before Linux 5.8 every proc mount of a host has the same options. */
function procProblem(kernel = ""): string | undefined {
  const [, major = 0, minor = 0] = (/^(\d+)\.(\d+)/.exec(kernel) ?? []).map(Number);
  if (major > 5 || (major === 5 && minor >= 8)) return undefined;
  const what = kernel === "" ? "does not tell its kernel's release" : `has Linux ${showRemote(kernel)}`;
  return `the host ${what}, and before 5.8 what the jail is not to see the host's own /proc would not show either: use a newer kernel, or leave it out`;
}

/** A source must not hold the jail, nor lie in it. */
function insideProblem(
  { source, shows }: { source: Bytes; shows?: "file" | "socket" },
  root: string,
): string | undefined {
  const path = utf8Of(source);
  const isIn = (one: string, top: string) => one === top || one.startsWith(`${top}/`);
  if (isIn(root, path)) return `its source ${path} has the jail itself in it: bind a directory beside the jail`;
  return isIn(path, root)
    ? `its source ${path} is in the jail: bind a ${shows ?? "directory"} beside the jail`
    : undefined;
}

function sourceText(path: Bytes, { live, unsafe }: HostPlace): string | undefined {
  const name = `its source ${show(path)}`;
  if (unsafe !== undefined) return `${name} ${unsafe}`;
  if (!live) return `${name} is not there: make it on the host, or correct the path`;
  if (["directory", "file", "socket"].includes(live.type)) return undefined;
  const remedy =
    live.type === "link" ? "declare the path that it points to" : "declare a directory, a file or a socket";
  return `${name} is a ${live.type}: ${remedy}`;
}

/**
 * Places where nothing can be mounted, as others than root could replace the source. They are no refusals: those users could
 * keep the jail from being repaired.
 */
export function mountGaps({ claims }: Mounting, { places }: FileFacts): string[] {
  return claims.flatMap(({ at, is }) => {
    const source = is.type === "bind" && is.isUntrusted ? places.get(is.source) : undefined;
    const why =
      is.type === "bind" && source ? sourceText(is.source, source.live ? { live: source.live } : {}) : undefined;
    return why === undefined ? [] : [`nothing can be mounted at ${show(at)}: ${why}`];
  });
}

import type { Use } from "../../agent/channel/lease";
import { type Exposed, exposedOn, launchHost } from "../../agent/requests/launch";
import { launcherParts } from "../../agent/script-parts";
import type { Site } from "../../agent/site";
import type { Declaration } from "../../intent/declaration";
import { type FileClaim, textWish } from "../../intent/file-claim";
import { type Finding, finding } from "../../intent/finding";
import type { LaunchProblem } from "../../intent/launch-problem";
import type { Merged } from "../../intent/merge";
import type { Owner } from "../../intent/owner";
import { bytesOf, fromWire } from "../../model/bytes";
import type { Principals } from "../../model/entry";
import type { LaunchHost } from "../../observe/launch-host";
import type { Observation } from "../../observe/observation";
import { isMissing } from "../../plan/checks/program";
import { exposure } from "../../plan/contents/exposed";
import { launchProblems } from "../../plan/contents/launch";
import { launcherScript } from "../../render/host-files/launcher";
import { serviceUnit } from "../../render/host-files/unit";
import type { Started } from "../../resources/kind";
import { kinds } from "../../resources/kinds";

/** A daemon that a resource starts. */
export interface Launched extends Started {
  readonly by: Declaration;
}

/** The daemons of a jail that are started from outside, as far as their declarations are known. */
export function launchesOf({ declarations, jail }: Merged, principals: Principals, root: string): Launched[] {
  return declarations.flatMap((by) => {
    const started = kinds.get(by.kind)?.started?.(by, { jail, root, principals });
    return started ? [{ ...started, by }] : [];
  });
}

/** The files on the host that start a daemon; for a unit also the link that starts it with the host. */
export function launchFileClaims({ by: { owner: by }, launch, form, path }: Launched): FileClaim[] {
  const isUnit = form === "systemd";
  const text = isUnit ? serviceUnit(launch) : launcherScript(launch, launcherParts());
  const content = textWish(text);
  return filesAt(by, launch.reason, path, isUnit).map((claim) =>
    claim.is.type === "link" ? claim : { ...claim, is: { type: "file", mode: isUnit ? 0o644 : 0o755, content } },
  );
}

/** The same files for a record: their paths, whatever their content. */
export function launchFilePlaces({ kind, owner, args }: Declaration): FileClaim[] {
  const launcher = kinds.get(kind)?.launcher?.(args);
  return launcher ? filesAt(owner, launcher.reason, launcher.path, launcher.form === "systemd") : [];
}

function filesAt(by: Owner, reason: string, path: string, isUnit: boolean): FileClaim[] {
  const wanted = `/etc/systemd/system/multi-user.target.wants/${path.slice(path.lastIndexOf("/") + 1)}`;
  const file: FileClaim = { by, reason, at: bytesOf(path), is: { type: "file" } };
  return isUnit ? [file, { by, reason, at: bytesOf(wanted), is: { type: "link", target: bytesOf(path) } }] : [file];
}

/**
 * Daemons whose program would be missing when they start. A declared program counts as present, whichever resource comes first.
 * So does one that the Jail cannot have, as that has a refusal of its own.
 */
export function missingPrograms(
  launches: readonly Launched[],
  { jail }: Merged,
  observation: Observation,
  claims: readonly FileClaim[],
): Finding[] {
  const binaries = Object.keys(jail?.intent.binaries ?? {});
  return launches.flatMap(({ by: { owner }, launch: { command } }) => {
    const [program = ""] = command;
    if (binaries.includes(program) || !isMissing(bytesOf(program), observation, claims)) return [];
    return [finding("program-missing", { program: bytesOf(program) }, { by: owner })];
  });
}

/** The files beside a unit's own that change the unit. */
function overrideProblems(unit: string, { dropIns, overrides }: Exposed): LaunchProblem[] {
  const instead = overrides.map((raw): LaunchProblem => ({ problem: "unit-hidden", unit, file: fromWire(raw) }));
  const directory = bytesOf(`/${unit.slice(unit.lastIndexOf("/") + 1)}.d`);
  const changed = dropIns.map((raw): LaunchProblem => {
    const file = fromWire(raw);
    const isOwn = file.slice(0, file.lastIndexOf("/")).endsWith(directory);
    return { problem: "unit-changed", unit, file, isOwn };
  });
  return [...instead, ...changed];
}

/** The host's answers about the daemons that are started there, asked for once. */
export class KnownLaunches {
  readonly #hosts = new Map<string, { host: LaunchHost; exposed: Exposed }>();

  /** Why daemons cannot be started as declared. */
  async refusals(site: Site, launches: readonly Launched[], use: Use): Promise<Finding[]> {
    const found: Finding[] = [];
    for (const launched of launches) {
      const { host, exposed } = await this.#learn(launched, use);
      const { by, launch, form, path } = launched;
      const reached = exposure(path, [...exposed.roots, site.root], exposed.mounts);
      const problems = [
        ...launchProblems(form, launch, host),
        ...(reached ? [reached] : []),
        ...overrideProblems(path, exposed),
      ];
      found.push(...problems.map((problem) => finding("launch-unsafe", problem, { by: by.owner })));
    }
    return found;
  }

  async #learn({ launch, form, path }: Launched, use: Use) {
    const key = JSON.stringify([launch.uid, Object.keys(launch.capabilities), path]);
    const unit = form === "systemd" ? path.slice(path.lastIndexOf("/") + 1) : "";
    const known =
      this.#hosts.get(key) ??
      (await use(async (agent) => {
        const [host, exposed] = await Promise.all([launchHost(agent, launch), exposedOn(agent, unit)]);
        return { host, exposed };
      }));
    this.#hosts.set(key, known);
    return known;
  }
}

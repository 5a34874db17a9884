import type { Use } from "../agent/asking";
import { type Exposed, exposedOn, launcherParts, launchHost } from "../agent/launch";
import { formatSite, type Site } from "../agent/site";
import type { Owner } from "../intent/claim";
import type { Declaration } from "../intent/declaration";
import { type FileClaim, textWish } from "../intent/file-claim";
import type { Merged, Refusal } from "../intent/merge";
import { bytesOf, fromWire, show } from "../model/bytes";
import type { Principals } from "../model/entry";
import type { LaunchHost } from "../observe/launch-host";
import type { Observation } from "../observe/observation";
import { isMissing } from "../plan/checks/program";
import { exposure } from "../plan/exposed";
import { launchProblems } from "../plan/launch";
import { launcherScript } from "../render/launcher";
import { serviceUnit } from "../render/unit";
import type { Started } from "../resources/kind";
import { kinds } from "../resources/kinds";

/** A daemon that a resource starts. */
export interface Launched extends Started {
  readonly by: Declaration;
}

/** The daemons of a jail that somebody starts, as far as all of it is known. */
export function launchesOf({ declarations, jail }: Merged, principals: Principals, root: string): Launched[] {
  return declarations.flatMap((by) => {
    const started = kinds.get(by.kind)?.started?.(by, { jail, root, principals });
    return started ? [{ ...started, by }] : [];
  });
}

/** What is written on the host to start a daemon; of a unit also that it is started when the host is. */
export function launchFiles({ by: { owner: by }, launch, form, path }: Launched): FileClaim[] {
  const isUnit = form === "systemd";
  const text = isUnit ? serviceUnit(launch) : launcherScript(launch, launcherParts());
  const content = textWish(text);
  return placesOf(by, launch.reason, path, isUnit).map((claim) =>
    claim.is.type === "link" ? claim : { ...claim, is: { type: "file", mode: isUnit ? 0o644 : 0o755, content } },
  );
}

/** The same of a record: where it is, whatever is in it. */
export function launchPlaces({ kind, owner, args }: Declaration): FileClaim[] {
  if (!kinds.get(kind)?.started) return [];
  return placesOf(owner, String(args["reason"]), String(args["path"]), args["kind"] === "systemd");
}

function placesOf(by: Owner, reason: string, path: string, isUnit: boolean): FileClaim[] {
  const wanted = `/etc/systemd/system/multi-user.target.wants/${path.slice(path.lastIndexOf("/") + 1)}`;
  const file: FileClaim = { by, reason, at: bytesOf(path), is: { type: "file" } };
  return isUnit ? [file, { by, reason, at: bytesOf(wanted), is: { type: "link", target: bytesOf(path) } }] : [file];
}

/**
 * Daemons whose program would not be there when they are started. What is declared counts as there, whoever comes first, and
 * also what the Jail cannot have: that has a refusal of its own.
 */
export function missingPrograms(
  launches: readonly Launched[],
  { jail }: Merged,
  observation: Observation,
  claims: readonly FileClaim[],
): Refusal[] {
  const binaries = Object.keys((jail?.args["binaries"] ?? {}) as object);
  return launches.flatMap(({ by: { owner }, launch: { command } }) => {
    const [program = ""] = command;
    if (binaries.includes(program) || !isMissing(bytesOf(program), observation, claims)) return [];
    const remedy =
      "add it to the Jail's binaries, or declare it as a JailFile; where something else puts it there, let the Wrapper depend on that (dependsOn)";
    return [{ owner, why: `the jail has no program ${show(bytesOf(program))}: ${remedy}` }];
  });
}

/** What a host tells of the daemons that are started there; asked for once. */
export class KnownLaunches {
  readonly #hosts = new Map<string, { host: LaunchHost; exposed: Exposed }>();

  /** Why daemons cannot be started as declared. */
  async refusals(site: Site, launches: readonly Launched[], use: Use): Promise<Refusal[]> {
    const found: Refusal[] = [];
    for (const launched of launches) {
      const { host, exposed } = await this.#learn(site, launched, use);
      const { by, launch, form, path } = launched;
      const why = exposure(path, [...exposed.roots, site.root], exposed.mounts);
      const problems = [
        ...launchProblems(form, launch, host),
        ...(why === undefined ? [] : [`${show(bytesOf(path))} ${why}`]),
        ...exposed.dropIns.map(
          (file) => `${show(fromWire(file))} changes the unit: remove it, or declare what it says`,
        ),
      ];
      found.push(...problems.map((text) => ({ owner: by.owner, why: text })));
    }
    return found;
  }

  async #learn(site: Site, { launch, form, path }: Launched, use: Use) {
    const key = JSON.stringify([launch.uid, Object.keys(launch.capabilities), path]);
    const unit = form === "systemd" ? path.slice(path.lastIndexOf("/") + 1) : "";
    const known =
      this.#hosts.get(key) ??
      (await use(async (agent) => {
        const [host, exposed] = await Promise.all([
          launchHost(agent, launch, formatSite(site)),
          exposedOn(agent, site, unit),
        ]);
        return { host, exposed };
      }));
    this.#hosts.set(key, known);
    return known;
  }
}

import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fleetFolder } from "../rollout/fleet-folder";

/** The folders of Pulumi projects that a command in a folder means: the project there or above it, and the fleets there. */
export function projectFolders(folder: string): string[] {
  const fleets = fleetNames(folder).map((name) => join(folder, fleetFolder, name));
  return [...(isInProject(folder) ? [folder] : []), ...fleets];
}

/** The fleets that a folder has rolled out; each has a project of its name. */
export function fleetNames(folder: string): string[] {
  const fleets = join(folder, fleetFolder);
  const names = existsSync(fleets) ? readdirSync(fleets) : [];
  return names.filter((name) => isProject(join(fleets, name)));
}

function isProject(folder: string): boolean {
  return ["Pulumi.yaml", "Pulumi.yml", "Pulumi.json"].some((name) => existsSync(join(folder, name)));
}

function isInProject(folder: string): boolean {
  return isProject(folder) || (folder !== dirname(folder) && isInProject(dirname(folder)));
}

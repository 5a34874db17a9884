import { readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf } from "../errors";
import type { FleetHosts } from "../fleet/host";
import { formatOf } from "../fleet/inventory/format";
import { InventoryMistake } from "../fleet/inventory/mistake";
import { InventoryText, type Source } from "../fleet/inventory/read";
import { configuredHosts } from "../ssh/config-hosts";
import { expandHome } from "../ssh/config-tokens";
import { readLocalFile } from "../ssh/local-file";
import { isFolder, VarsFiles } from "./vars-files";

/** The hosts of the inventory at a path: a file in one of the formats, or a folder of Ansible's files. */
export function readInventory(path: string): FleetHosts {
  const place = expandHome(path);
  if (!statSync(place, { throwIfNoEntry: false }))
    throw new InventoryMistake({
      where: path,
      why: "there is no such file",
      remedy: `correct the path, which begins in ${process.cwd()}`,
    });
  const inventory = new InventoryText();
  if (isFolder(place)) for (const file of filesIn(place)) addFile(inventory, sourceAt(file), true);
  else {
    const source = sourceAt(place);
    if (formatOf(source) === "ssh-config") return hostsOfConfig(place);
    addFile(inventory, source, false);
  }
  if (inventory.hasVarsFiles) addVarsFiles(inventory, isFolder(place) ? place : dirname(place));
  return inventory.hosts();
}

function addFile(inventory: InventoryText, source: Source, isInFolder: boolean): void {
  const format = formatOf(source);
  if (format === "ini") inventory.addIni(source);
  else if (format === "yaml") inventory.addYaml(source);
  else if (format === "json" && !isInFolder) inventory.addJson(source);
  else
    throw new InventoryMistake({
      where: source.path,
      why: "a folder of inventories has files in Ansible's INI and YAML forms alone",
      remedy: "take the file out of the folder, and read it by a call of its own",
    });
}

function addVarsFiles(inventory: InventoryText, folder: string): void {
  const { groups, hosts } = inventory.names;
  for (const [kind, names] of [["group", groups] as const, ["host", hosts] as const]) {
    const files = new VarsFiles(join(folder, `${kind}_vars`));
    for (const name of new Set(names))
      for (const file of files.filesOf(name)) inventory.addVarsFile(kind, name, sourceAt(file));
  }
}

/** Files that Ansible leaves out of a folder. */
const ignored =
  /^\.|^(?:host_vars|group_vars|vars_plugins)$|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.cfg|\.retry)$/;

function filesIn(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .filter((name) => !ignored.test(name))
    .map((name) => join(folder, name))
    .flatMap((path) => (isFolder(path) ? filesIn(path) : [path]));
}

function sourceAt(path: string): Source {
  const file = readLocalFile(path);
  if (file && "text" in file) return { path, text: file.text.replace(/^\uFEFF/, "") };
  throw new InventoryMistake({ where: path, why: `the file ${file?.why ?? "is gone"}`, remedy: "make it readable" });
}

function hostsOfConfig(path: string): FleetHosts {
  try {
    return Object.fromEntries(configuredHosts(path).map((host) => [host, { host }]));
  } catch (error) {
    throw new InventoryMistake({
      where: path,
      why: messageOf(error),
      remedy: "correct the SSH client's configuration",
    });
  }
}

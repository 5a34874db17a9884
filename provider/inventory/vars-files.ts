import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The ends of the names of files with variables, in the order in which Ansible looks for them. */
const ends = ["", ".yml", ".yaml", ".json"];

/** The files of variables below `group_vars` or `host_vars`: each is NAME, NAME.yml, NAME.yaml, NAME.json, or in a folder NAME. */
export class VarsFiles {
  readonly #folder: string;
  readonly #names: ReadonlySet<string>;

  constructor(folder: string) {
    this.#folder = folder;
    this.#names = new Set(namesIn(folder));
  }

  /** The files of a group or a host, in the order in which they count. A later one wins. */
  filesOf(name: string): string[] {
    const end = ends.find((one) => this.#names.has(name + one));
    if (end === undefined) return [];
    const path = join(this.#folder, name + end);
    return isFolder(path) ? filesBelow(path) : [path];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function filesBelow(folder: string): string[] {
  return namesIn(folder)
    .filter((name) => !name.startsWith(".") && !name.endsWith("~"))
    .flatMap((name) => {
      const [path, end] = [join(folder, name), /.(\.[^.]*)$/.exec(name)?.[1] ?? ""];
      if (!ends.includes(end)) return [];
      return isFolder(path) ? (end === "" ? filesBelow(path) : []) : [path];
    });
}

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { longSubjects, type Offence, vagueComments } from "./offences";

/** Folders whose comments are checked. */
const folders = ["provider", "scripts", "test", "bench", "examples"];

export interface Report {
  readonly lines: readonly string[];
  readonly isClean: boolean;
}

/** Looks for vague comments in a checkout and for long subjects in its commits after `start`. */
export function checkWords(root: string, start: string): Report {
  const comments = folders
    .flatMap((folder) => filesOf(root, folder))
    .flatMap((file) => vagueComments(file, readFileSync(join(root, file), "utf8")));
  const log = subjectsAfter(root, start);
  const subjects = longSubjects(log ?? "");
  return {
    lines: [
      ...told(comments, "comments begin a sentence with What, Whoever, Those, Of, Nobody or Who"),
      ...told(subjects, "subjects have more than 72 characters"),
      ...(log === undefined ? [`commit subjects are not checked: this copy has no history since ${start}`] : []),
    ],
    isClean: comments.length === 0 && subjects.length === 0,
  };
}

/** A line for each offence, then their number. */
function told(offences: readonly Offence[], rule: string): string[] {
  if (offences.length === 0) return [];
  return [...offences.map(({ at, text }) => `${at}: ${text}`), `${offences.length} ${rule}`];
}

function filesOf(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|js|sh|c|h|go|py)$/.test(file) && !file.split("/").includes("node_modules"))
    .map((file) => join(folder, file))
    .sort();
}

/** `%h %s` of each commit, or undefined in a tarball or a shallow clone. */
function subjectsAfter(root: string, start: string): string | undefined {
  const { status, stdout } = spawnSync("git", ["log", "--format=%h %s", `${start}..HEAD`], {
    cwd: root,
    encoding: "utf8",
  });
  return status === 0 ? stdout : undefined;
}

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { longSubjects, type Offence, vagueComments } from "./offences";

/** Folders whose comments count. */
const folders = ["provider", "scripts", "test", "bench", "examples"];

export interface Report {
  readonly lines: readonly string[];
  readonly isClean: boolean;
}

/**
 * Looks for vague comments in a checkout and for long subjects in its commits after `start`. The baseline holds how many vague
 * comments a folder may still have: their number may only fall.
 */
export function checkWords(root: string, start: string): Report {
  const baseline: Readonly<Record<string, number>> = JSON.parse(
    readFileSync(join(root, "scripts", "words", "baseline.json"), "utf8"),
  );
  const lines: string[] = [];
  let isClean = true;
  const judge = (found: readonly Offence[], allowed: number, where: string, wrong: string) => {
    if (found.length < allowed) lines.push(`${where}: ${found.length} ${wrong}, lower the baseline from ${allowed}`);
    if (found.length <= allowed) return;
    isClean = false;
    lines.push(...found.map(({ at, text }) => `${at}: ${text}`));
    lines.push(`${where}: ${found.length} ${wrong}, at most ${allowed} allowed`);
  };
  for (const folder of folders) {
    const found = filesOf(root, folder).flatMap((file) => vagueComments(file, readFileSync(join(root, file), "utf8")));
    judge(
      found,
      baseline[folder] ?? 0,
      folder,
      "comments begin a sentence with What, Whoever, Those, Of, Nobody or Who",
    );
  }
  const log = subjectsAfter(root, start);
  if (log === undefined) lines.push(`commit subjects are not checked: this copy has no history since ${start}`);
  else judge(longSubjects(log), 0, "commits", "subjects have more than 72 characters");
  return { lines, isClean };
}

function filesOf(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|js|sh|c|h)$/.test(file) && !file.split("/").includes("node_modules"))
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

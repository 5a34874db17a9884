import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Outcome } from "../../provider/engine/converge/job";
import type { Declaration } from "../../provider/intent/declaration";
import type { Bytes } from "../../provider/model/bytes";
import { digestOf } from "../../provider/model/digest";
import { stagingName } from "../../provider/model/path";
import { walk } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import type { Findings } from "./check";
import * as scene from "./scene";

/** Files that are delivered while the attacker is at work. It uses the same names: it swaps the places and their parents. */
const paths = {
  conf: "etc/delivered.conf",
  opened: `${scene.opened}/run.sh`,
  box: "data/in/box/f1",
  upload: "upload/d0/f2",
  run: "var/run/passwd",
} as const;
/** Only root can replace these once a run is over, if the jail's root belongs to root. */
const coldPaths: readonly string[] = [paths.conf, paths.opened];

/** One file of root's at each place, which the daemon may read and not write. */
export const deliveries = Object.entries(paths).map(([name, path]) => {
  const text = `delivered: ${name}\n`;
  const declaration: Declaration = {
    kind: "JailFile",
    owner: { token: Buffer.from(name.padEnd(16, "1")).toString("hex"), label: `JailFile::${name}` },
    args: { path, owner: "root", group: "www", mode: "0640", reason: "a test" },
    content: { digest: digestOf(text), isSecret: false },
  };
  return { path, text, declaration };
});

/** Damages delivered files in places where only root can, while the attacker stands still. */
export function spoilDelivered(host: LabHost, random: (limit: number) => number): string[] {
  const path = host.path(`${scene.root}/${paths.conf}`);
  if (random(2)) rmSync(path, { force: true });
  else writeFileSync(path, "not what was delivered\n");
  return [`${paths.conf} is not as it was delivered`];
}

/** Finds the faults of the files after a run, and counts the delivered ones. `asked` has the agent's requests and replies. */
export function checkDelivered(
  host: LabHost,
  layout: scene.Layout,
  outcomes: readonly Outcome[],
  asked: readonly string[],
): Pick<Findings, "losses" | "faults"> & { readonly delivered: number } {
  const outside = new Set([...walk(host.path(scene.outside)).values()].map(({ inode }) => inode));
  const jail = walk(host.path(scene.root));
  const read = (path: string) => readFileSync(host.path(`${scene.root}/${path}`), "latin1");
  const made = inodesOf(asked);
  const losses: string[] = [];
  const faults: string[] = [];
  for (const [path, { type, inode, uid }] of jail) {
    if (type !== "file" || outside.has(inode)) continue;
    if (read(path).startsWith(`content of ${scene.outside.replace(/^.*\//, "")}/`))
      losses.push(`${path} is a file of the jail, and has what is in a file outside`);
    // The daemon may have moved the file, but only root could write in it.
    const text = made.get(inode);
    if (uid === 0 && text !== undefined && read(path) !== text) faults.push(`${path} is not what was delivered`);
  }
  deliveries.forEach(({ path, text }, index) => {
    const isMadeSure = layout === "cold" && coldPaths.includes(path) && outcomes[index]?.error === undefined;
    if (isMadeSure && (jail.get(path as Bytes)?.type !== "file" || read(path) !== text))
      faults.push(`${path} is not as declared, and nothing says so`);
  });
  const rest = readdirSync(host.path(scene.root), { recursive: true, encoding: "latin1" });
  faults.push(...rest.filter((path) => path.includes(stagingName)).map((path) => `${path} is left`));
  return { losses, faults, delivered: made.size };
}

/** The delivered files, by inode, with their contents. */
function inodesOf(asked: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of asked) {
    const [, sha256, inode] = /^fill \d+ ([0-9a-f]{64}) .* -> 0 [\s\S]*\n {6}inode (\S+)/.exec(entry) ?? [];
    const text = deliveries.find(({ declaration }) => declaration.content?.digest.sha256 === sha256)?.text;
    if (inode !== undefined && text !== undefined) found.set(inode, text);
  }
  return found;
}

/** The directories that the agent closed. */
export function closedIn(asked: readonly string[]): Set<string> {
  const records = asked.filter((entry) => entry.startsWith("seal")).flatMap((entry) => entry.split("\n"));
  return new Set(records.flatMap((line) => /^ {8}(\d+:\d+) \d+ \d+:\d+ [0-7]+ /.exec(line)?.[1] ?? []));
}

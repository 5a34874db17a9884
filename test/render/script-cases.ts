import { mkdirSync, writeFileSync } from "node:fs";
import { scriptParts } from "../../provider/agent/script-parts";
import { expectationOf } from "../../provider/intent/expectation";
import type { Merged } from "../../provider/intent/merge";
import type { Bytes } from "../../provider/model/bytes";
import type { Live } from "../../provider/model/entry";
import { formatMode } from "../../provider/model/mode";
import type { Observation } from "../../provider/observe/observation";
import { plan } from "../../provider/plan/plan";
import { type Step, steps } from "../../provider/plan/steps";
import { documents } from "../../provider/render/documents/documents";
import type { Contents } from "../../provider/render/documents/jail-contents";
import { type Case, followed, mergedOf, observationOf } from "../plan/golden";
import { applied } from "../plan/simulated-host";
import { observe } from "../support/connections";
import { siteOn, walk } from "../support/jail-site";
import type { LabHost } from "../support/sshd";

/** Jails on a lab host that permission scripts are run for, many in one command. */

export const accounts = { named: { uid: 53, gid: 53 }, bob: { uid: 1000, gid: 1000 } };
/** A case with a tree of its own on the host. */
export interface ScriptCase {
  readonly given: Case;
  readonly root: string;
  readonly merged: Merged;
}

/** The contents of an empty jail. */
export const noContents: Contents = {
  files: [],
  closure: { files: [], links: [], problems: [], hints: [] },
  mounts: [],
};

/** The script that `documents` makes for a jail. */
export function scriptOf(merged: Merged, root: string, contents = noContents): string {
  return documents(merged, contents, scriptParts(root))[0]?.text ?? "";
}

export function scriptCase(given: Case, root: string): ScriptCase {
  const declared = mergedOf({ ...given, jail: { ...given.jail, root, adopt: true } });
  const merged = followed(declared, observationOf(given));
  return { given, root, merged };
}

/** Makes the cases' trees and scripts, /srv/scripts/<name of the root>.sh, without the aspects that the host has no tools for. */
export async function make(host: LabHost, cases: readonly ScriptCase[], hasTools: boolean): Promise<void> {
  const commands: string[] = [];
  mkdirSync(host.path("/srv/scripts"), { recursive: true });
  for (const { given, root, merged } of cases) {
    writeFileSync(host.path(`/srv/scripts/${nameOf(root)}.sh`), scriptOf(merged, root));
    for (const [path, live] of observationOf(given).entries) {
      const { type, uid, gid, mode, target = "", acl = [], capabilities = "" } = live;
      const at = `${root}/${path}`;
      commands.push(
        { directory: `mkdir -p ${at}`, file: `: >${at}`, link: `ln -s ${target} ${at}` }[String(type)] ??
          `mkfifo ${at}`,
      );
      if (type === "link") {
        commands.push(`chown -h ${uid}:${gid} ${at}`);
        continue;
      }
      const access = acl.filter((entry) => !entry.startsWith("default:"));
      const rest = acl.filter((entry) => entry.startsWith("default:"));
      const all = [...access, ...(access.length > 0 ? ["mask::rwx"] : []), ...rest];
      commands.push(`chown ${uid}:${gid} ${at}`);
      if (hasTools && all.length > 0) commands.push(`setfacl -m ${all.join()} ${at}`);
      commands.push(`chmod 0${formatMode(mode)} ${at}`);
      if (hasTools && capabilities !== "") commands.push(`setcap ${capabilities} ${at}`);
    }
  }
  await host.must(`set -e; umask 022; mkdir -p /srv/jails\n${commands.join("\n")}`);
}

export function nameOf(root: string): string {
  return root.slice(root.lastIndexOf("/") + 1);
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** The script's message about ACLs and capabilities on a host without tools for them. */
const lacking =
  /^(ACLs are not checked: this host has no getfacl and setfacl|File capabilities are not checked: this host has no getcap and setcap): install .*\n/gm;

const noted = /^.*: a mount point that no resource declares is left alone\n/gm;

/** The exit code without the message about missing tools. */
function withTools({ code, out, ...ran }: Ran, args: string): Ran {
  const error = ran.error.replace(lacking, "");
  // The script ends with 1 if an ACL or capabilities are declared.
  if (error === ran.error || error !== "" || (args === "--check" && out.replace(noted, "") !== ""))
    return { code, out, error };
  return { code: code === 1 ? 0 : code, out, error };
}

/** Runs the scripts of some cases, one after another, in one command. That a host lacks tools is left out. */
export async function runScripts(host: LabHost, cases: readonly ScriptCase[], args = "", sh = "sh"): Promise<Ran[]> {
  const names = cases.map(({ root }) => nameOf(root)).join(" ");
  const text = await host.must(`cd /srv/scripts; for n in ${names}; do
    ${sh} ./$n.sh ${args} >$n.out 2>$n.err </dev/null; printf '%s\\0' $?; cat $n.out; printf '\\0'; cat $n.err; printf '\\0'; done`);
  const parts = text.split("\0");
  return cases
    .map((_, at) => ({
      code: Number(parts[at * 3]),
      out: parts[at * 3 + 1] ?? "",
      error: parts[at * 3 + 2] ?? "",
    }))
    .map((ran) => withTools(ran, args));
}

/** The product's observation of each jail below a directory, by name. */
export async function observeAll(host: LabHost, above: string): Promise<Map<string, Observation>> {
  const all = await observe(siteOn(host, above));
  const found = new Map<string, Map<Bytes, Live>>();
  for (const [path, live] of all.entries) {
    const [name = "", ...rest] = path.split("/");
    if (rest[0] === ".pulumi-chroot") continue;
    found.set(name, (found.get(name) ?? new Map()).set((rest.join("/") || ".") as Bytes, live));
  }
  return new Map([...found].map(([name, entries]) => [name, { ...all, entries }]));
}

/** Times of all inodes of a jail: they tell whether anything was done to one. */
export function timesOf(host: LabHost, root: string): Map<Bytes, bigint> {
  return new Map([...walk(host.path(root))].map(([path, { ctime }]) => [path, ctime]));
}

/** The tree that the product's own plan and steps lead to, and the paths that it refuses. */
export async function productEnd({ given, merged }: ScriptCase, seen: Observation): Promise<ProductEnd> {
  const observation = { ...seen, records: observationOf(given).records };
  const owners = merged.declarations.map(({ owner }) => owner);
  const [refused, withheld] = [new Set<Bytes>(), new Set<Bytes>()];
  const expectation = expectationOf(merged.intent);
  // An entry at the place of a directory is moved away, whatever is declared for such a file.
  for (const [path, { type }] of seen.entries)
    if (type === "directory" || !expectation.required.has(path))
      expectation.at(path, type, (conflict) => refused.add(conflict.path));
  for (const path of expectation.required.keys())
    expectation.at(path, "directory", (conflict) => refused.add(conflict.path));
  const { findings, differences } = plan(merged, observation);
  for (const { id, at } of findings) {
    if (at === undefined) continue;
    if (id === "powers-replaceable" || id === "link-in-the-way") refused.add(at);
    if (id === "powers-untrusted") withheld.add(at);
  }
  const todo = steps({ differences }, owners);
  return { end: await applied(seen.entries, todo), todo, refused, withheld };
}

interface ProductEnd {
  readonly end: ReadonlyMap<Bytes, Live>;
  readonly todo: readonly Step[];
  readonly refused: ReadonlySet<Bytes>;
  /** Files that are to get setuid, setgid or capabilities, and only by the run after this one. */
  readonly withheld: ReadonlySet<Bytes>;
}

import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readProgram } from "../provider/agent/channel/shell-program";
import { type DeclaredRule, fill } from "../test/support/program";
import type { LabHost } from "../test/support/sshd";

export const root = "/srv/jail";
export const www = { uid: 1033, gid: 1033 };

/** Five rules of a realistic jail: literal paths, and globs that match against every entry. */
const rules: Readonly<Record<string, Omit<DeclaredRule, "jail">>> = {
  keys: { match: "**/*.key", owner: "root", group: "root", fileMode: "0600", reason: "private keys" },
  scripts: { match: "lib/**/*.sh", fileMode: "a+x", reason: "run by the daemon" },
  uploads: { match: "data/uploads/**", owner: "www", except: ["**/.keep"], reason: "the daemon's own" },
  etc: { match: "etc", directoryMode: "0755", reason: "its names are no secret" },
  log: { match: "var/log", group: "www", directoryMode: "u=rwx,g=rx,o=", reason: "written by the host's syslog" },
};

export type Declared = ReturnType<typeof fill>;

/** A realistic jail with the tests' defaults. The default connection keeps no key in the state. */
export function declaration(
  port: number,
  connection: { host: string; port: number } = { host: "127.0.0.1", port },
  own = rules,
): Declared {
  const writable = { "data/uploads": "visitors send files", "var/run": "PID file" };
  const directories = { etc: "configuration", "var/log": "logs" };
  const jail = { connection, root, adopt: true, directories, writable };
  const named = Object.entries(own).map(([name, rule]) => [name, { ...rule, jail: "jail" }]);
  return fill({ jails: { jail }, rules: Object.fromEntries(named) });
}

/** Makes rules of all sorts that agree with the baseline: literal paths, subtrees, globs over names. */
export function manyRules(count: number): typeof rules {
  const sorts = [
    (index: number) => `lib/package-${index}/page`,
    (index: number) => `lib/package-${index}`,
    (index: number) => `lib/package-${index}/**`,
    (index: number) => `lib/*/${index}-*.sh`,
    (index: number) => `**/*.key${index}`,
  ];
  const rule = (index: number) => ({
    match: sorts[index % sorts.length]?.(index) ?? "",
    owner: "root",
    reason: "a bench",
  });
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`rule-${index}`, rule(index)]));
}

const names = ["page.html", "module.js", "table.dat", "run.sh", "style.css"];

/** Makes `entries` entries, the root among them; one in twenty is a directory. */
export function makeTree(host: LabHost, entries: number): { directories: number } {
  const at = (path: string) => join(host.path(root), path);
  let made = 0;
  const directory = (path: string) => {
    mkdirSync(at(path), { recursive: true });
    made++;
  };
  for (const path of ["", "etc", "var", "var/log", "var/run", "data", "data/uploads", "lib"]) directory(path);
  const spread = Math.max(1, Math.floor(entries / 20) - made);
  for (let index = 0; index < spread; index++) directory(`lib/package-${index}`);
  const directories = made;
  for (let index = 0; made < entries; index++, made++)
    writeFileSync(at(`lib/package-${index % spread}/${index}-${names[index % names.length]}`), "");
  return { directories };
}

/** Sets the declared owners and modes: the benches measure a preview without drift, as nearly all previews are. */
export async function settle(host: LabHost): Promise<void> {
  await host.must(`chown -R root:www ${root} && chmod -R u=rwX,g=rX,o= ${root}`);
  chownSync(host.path(root), 0, www.gid);
  chmodSync(host.path(root), 0o750);
}

/** The find command of a scan, read from the agent's program: the bare command must print the same fields. */
export function bareFind(): string {
  const format = /-printf '(%y [^']+)'/.exec(readProgram())?.[1];
  if (format === undefined) throw new Error("the agent's program has no find -printf that begins with %y");
  return `find ${root} -xdev -printf '${format}'`;
}

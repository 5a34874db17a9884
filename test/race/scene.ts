import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import type { Declaration } from "../../provider/intent/declaration";
import type { Bytes } from "../../provider/model/bytes";
import { account, fill } from "../support/program";
import type { LabHost } from "../support/sshd";

/** A jail with places that are root's and places where the daemon may write, and the entries beside it on the file system. */
export const root = "/srv/jail";
/** Its name begins with the jail's, so a test by prefix would take it for a part of it. */
export const outside = "/srv/jail2";
export const { www } = account;
export const alice = { uid: 1044, gid: 1044 };
export const accounts = { ...account, alice };

/** `cold`: the root is root's. `hot`: the daemon may write in the root itself, and so replace everything in it. */
export type Layout = "cold" | "hot";

export const writable = ["data", "upload", "var/run"];
/** A run moves undeclared entries there. */
export const quarantine = ".pulumi-chroot";
/** The product's registry on the host. */
export const registry = "/var/lib/pulumi-chroot";
/** A cold directory that drift opens now and then. */
export const opened = "etc/open";
/** Where the daemon may write, as declared, by names that are root's. */
export const openPaths = (layout: Layout) => (layout === "hot" ? ["."] : writable) as Bytes[];
export const isBelowWritable = (path: string) => writable.some((top) => path.startsWith(`${top}/`));
/** Where the attacker is at work. */
export const hotRoots = (layout: Layout): string[] => [
  ...[...writable, opened].map((path) => `${root}/${path}`),
  ...(layout === "hot" ? [root] : []),
];

function numbered<T>(count: number, name: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, n) => name(n));
}
const coldDirectories = [
  ".",
  "etc",
  "etc/tls",
  "etc/conf.d",
  opened,
  "lib",
  ...numbered(3, (n) => `lib/pkg${n}`),
  "var",
];
/** Files of the jail that are root's. */
const coldFiles = [
  ...["etc/passwd", "etc/group", "etc/named.conf", "etc/tls/host.key", "etc/tls/host.crt", `${opened}/passwd`],
  ...numbered(8, (n) => `etc/conf.d/${n}.conf`),
  ...numbered(3, (n) => [`lib/pkg${n}/run.sh`, `lib/pkg${n}/table`, `lib/pkg${n}/index`]).flat(),
];
export const coldPaths = [...coldDirectories, ...coldFiles];
/** The attacker gives these files a second name where it can. */
export const linkedFiles = coldFiles.map((path) => `${root}/${path}`);

export interface Attributes {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** The attributes that the declarations below give a path where the daemon may not write. */
export function declaredAt(path: string, isDirectory: boolean): Attributes {
  if (path.endsWith(".key")) return { uid: 0, gid: 0, mode: isDirectory ? 0o750 : 0o600 };
  const isScript = !isDirectory && /^lib\/.*\.sh$/.test(path);
  return { uid: 0, gid: www.gid, mode: isDirectory ? 0o750 : isScript ? 0o751 : 0o640 };
}
export const openMode: Attributes = { uid: 0, gid: www.gid, mode: 0o770 };

/** A Jail and four rules, about places of root's and about the daemon's own entries. */
export function declarations(layout: Layout): Declaration[] {
  const names = layout === "hot" ? [".", ...writable] : writable;
  const jail = {
    connection: { host: "" },
    root,
    adopt: true,
    directories: { etc: "configuration", lib: "libraries", "data/in/box": "for what comes in" },
    writable: Object.fromEntries(names.map((path) => [path, "the daemon's"])),
  };
  const rules = {
    scripts: { jail: "jail", match: "lib/**/*.sh", fileMode: "a+x" },
    keys: { jail: "jail", match: "**/*.key", owner: "root", group: "root", fileMode: "0600", order: 200 },
    uploads: { jail: "jail", match: "upload/**", owner: "www", group: "www", fileMode: "0640", directoryMode: "0750" },
    spool: { jail: "jail", match: "data/**", group: "www", fileMode: "0660", directoryMode: "0770" },
  };
  const { jails, rules: filled } = fill({ jails: { jail }, rules });
  const declare = (kind: string, name: string, { connection: _, jail: __, ...args }: Record<string, unknown>) => ({
    kind,
    owner: { token: Buffer.from(name.padEnd(16, "0")).toString("hex"), label: `${kind}::${name}` },
    args,
  });
  return [
    ...Object.entries(jails).map(([name, args]) => declare("Jail", name, args)),
    ...Object.entries(filled).map(([name, args]) => declare("PermissionRule", name, args)),
  ];
}

const rootOnly = { uid: 0, gid: 0, mode: 0o600 };
/** Files outside that the attacker gives a name in the jail, and points to. */
const victims: Readonly<Record<string, Attributes>> = {
  secret: rootOnly,
  shadow: { uid: 0, gid: 42, mode: 0o640 },
  shared: { uid: 0, gid: www.gid, mode: 0o660 },
  "setuid-program": { uid: 0, gid: 0, mode: 0o4755 },
  "of-alice": { ...alice, mode: 0o644 },
  "of-the-daemon": { ...www, mode: 0o600 },
  "for-all": { uid: 0, gid: 0, mode: 0o666 },
  "with-acl": rootOnly,
};
const directories: Readonly<Record<string, Attributes>> = {
  private: { uid: 0, gid: 0, mode: 0o755 },
  closed: { uid: 0, gid: 0, mode: 0o700 },
  "of-group": { uid: 0, gid: 42, mode: 0o2750 },
  "of-alices": { ...alice, mode: 0o755 },
  "acl-directory": { uid: 0, gid: 0, mode: 0o750 },
};
export const outsideFiles = Object.keys(victims).map((name) => `${outside}/${name}`);
export const outsideDirectories = Object.keys(directories).map((name) => `${outside}/${name}`);
const spare = "/srv/spare";
/** Directories with an ACL, on the same file system. */
export const spareDirectories = numbered(12, (n) => `${spare}/${n}`);
/** The daemon may write these files itself, so their content proves nothing. */
export const writtenByDaemon = ["shared", "of-the-daemon", "for-all"];
// The names that the attacker uses, so that a path through a swapped directory leads to a victim.
const namesOfFiles = ["f0", "f1", "f2", "f3.key", "passwd", "run.sh"];
const namesOfDirectories = ["d0", "d1", "in", "box", "data", "etc"];

/** Makes everything anew. Nothing may run that could replace a path meanwhile. */
export function buildScene(host: LabHost, layout: Layout): void {
  const directory = (path: string, attributes: Attributes) => {
    mkdirSync(path, { recursive: true });
    setAttributes(path, attributes);
  };
  const file = (path: string, attributes: Attributes) => {
    writeFileSync(path, `content of ${path.replace(/^.*\/srv\//, "")}`);
    setAttributes(path, attributes);
  };
  for (const top of [root, outside, spare]) rmSync(host.path(top), { recursive: true, force: true });
  const inJail = (path: string) => host.path(`${root}/${path}`);
  for (const path of coldDirectories) directory(inJail(path), declaredAt(path, true));
  for (const path of coldFiles) file(inJail(path), declaredAt(path, false));
  for (const path of [...writable, "data/in", "data/in/box"]) directory(inJail(path), openMode);
  if (layout === "hot") setAttributes(inJail("."), openMode);

  const besideIt = (path: string) => host.path(`${outside}/${path}`);
  directory(host.path(outside), { uid: 0, gid: 0, mode: 0o755 });
  for (const [name, attributes] of Object.entries(victims)) file(besideIt(name), attributes);
  for (const [name, attributes] of Object.entries(directories)) {
    directory(besideIt(name), attributes);
    for (const inner of namesOfFiles) file(besideIt(`${name}/${inner}`), rootOnly);
    for (const inner of namesOfDirectories) {
      directory(besideIt(`${name}/${inner}`), { ...rootOnly, mode: 0o711 });
      for (const deep of namesOfFiles) file(besideIt(`${name}/${inner}/${deep}`), rootOnly);
      directory(besideIt(`${name}/${inner}/box`), { ...rootOnly, mode: 0o711 });
    }
  }
  symlinkSync("secret", besideIt("link"));
  const named = ["with-acl", "acl-directory"].map(besideIt);
  execFileSync("setfacl", ["-m", `u:${alice.uid}:r-x`, ...named]);

  // Directories of the daemon with an ACL, for drift: to be moved in, as a process for each would take its time.
  const made = spareDirectories.map((path) => host.path(path));
  for (const path of made) directory(path, { ...www, mode: 0o755 });
  execFileSync("setfacl", ["-m", `u:${alice.uid}:rwx,d:u:${alice.uid}:rwx`, ...made]);
}

/** Removes the attacker's entries in places that it may no longer write, and the quarantine. */
export function tidy(host: LabHost, layout: Layout): void {
  rmSync(host.path(`${root}/${quarantine}`), { recursive: true, force: true });
  // In a hot root this may be a link to anywhere.
  if (layout === "hot") return;
  const inOpened = host.path(`${root}/${opened}`);
  for (const name of readdirSync(inOpened)) rmSync(`${inOpened}/${name}`, { recursive: true, force: true });
  for (const path of coldFiles.filter((file) => file.startsWith(`${opened}/`))) {
    const file = host.path(`${root}/${path}`);
    writeFileSync(file, "");
    setAttributes(file, declaredAt(path, false));
  }
}

function setAttributes(path: string, { uid, gid, mode }: Attributes): void {
  chownSync(path, uid, gid);
  chmodSync(path, mode);
}

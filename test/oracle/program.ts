import type { DeclaredFile } from "../support/program";
import type { Random } from "./random";

/** The accounts of every oracle host: the daemon, and a person beside it. */
export const accounts = { www: { uid: 1033, gid: 1033 }, alice: { uid: 1034, gid: 1034 } };

export const root = "/srv/oracle";

type Values = Readonly<Record<string, unknown>>;

/** A small random program, all four kinds of resources, as plain values. */
export interface OracleProgram {
  readonly jail: Values & { readonly baseline: Baseline };
  readonly rules: Readonly<Record<string, Rule>>;
  readonly files: Readonly<Record<string, FileArgs>>;
  readonly wrappers: Readonly<Record<string, Values & { readonly path: string; readonly kind: "script" | "systemd" }>>;
  /** The directories of the jail, and plain files that only the baseline declares. */
  readonly directories: readonly string[];
  readonly plainFiles: readonly string[];
  readonly writable: readonly string[];
  /** The jail is on btrfs, where a directory may be a subvolume. */
  readonly isOnBtrfs: boolean;
}

interface Baseline {
  readonly owner: string;
  readonly group: string;
  readonly fileMode: string;
  readonly directoryMode: string;
}

export interface Rule {
  readonly match: string;
  readonly owner?: string;
  readonly group?: string;
  readonly fileMode?: string;
  readonly directoryMode?: string;
  readonly order?: number;
  readonly runtime?: true;
  readonly reason: string;
}

type FileArgs = Omit<DeclaredFile, "jail" | "source"> & { readonly reason: string };

const fileModes = ["0640", "0600", "0644", "0440", "0400"];
const directoryModes = ["0750", "0755", "0711", "0700"];

const started = { command: ["/usr/bin/sleep", "600"], reason: "starts the daemon" };
const launchers = {
  script: { kind: "script", path: "/etc/jails/oracle", ...started },
  unit: { kind: "systemd", path: "/etc/systemd/system/oracle-one.service", ...started },
} as const;

const mounts = {
  scratch: { type: "tmpfs", size: "64k", mode: "0750", reason: "what it needs for a moment" },
  shown: { type: "bind", source: "/var/oracle", reason: "what others keep" },
};

/** Directories that a program picks from, parents first. */
const places = ["etc", "etc/conf.d", "lib", "share", "share/zones", "www", "www/static"];

/** A program from a seed; `flavour` decides which programs the host can start. */
export function randomProgram(random: Random, flavour: "gnu" | "busybox"): OracleProgram {
  const directories = places.filter((path) => !path.includes("/") || random.chance(2, 3));
  const writable = ["run", ...(random.chance(1, 2) ? ["spool"] : [])];
  const isPruned = random.chance(1, 3);
  const plainFiles = directories.flatMap((directory) =>
    ["a.conf", "b.db", "page"].filter(() => random.chance(1, 2) && !isPruned).map((name) => `${directory}/${name}`),
  );
  const baseline = {
    owner: "root",
    group: random.pick(["www", "root"]),
    fileMode: random.pick(["0640", "0644", "0440"]),
    directoryMode: random.pick(["0750", "0755"]),
  };
  const rules: Record<string, Rule> = {};
  for (let at = 0; at < 1 + random.below(4); at++)
    rules[`rule${at}`] = randomRule(random, at, [...directories, ...plainFiles]);
  const exclude = random.chance(1, 4) ? { exclude: { "share/zones/**": "another tool keeps these" } } : {};
  const hasProgram = flavour === "gnu" && random.chance(1, 2);
  const wrappers = random.pick([{}, { start: launchers.script }, { start: launchers.unit }]);
  const free = directories.filter((path) => !("exclude" in exclude && path === "share/zones"));
  const files: Record<string, FileArgs> = {};
  for (let at = 0; at < 1 + random.below(2); at++) {
    const { hostLink, ...file } = randomFile(random, at, random.pick(free));
    // A link of the host to where alice may write is refused.
    const isRoots = Object.values(rules).every(({ owner = "root" }) => owner === "root");
    files[`file${at}`] = hostLink !== undefined && isRoots ? { ...file, hostLink } : file;
  }
  return {
    jail: {
      root,
      user: "www",
      group: "www",
      adopt: true,
      baseline,
      directories: Object.fromEntries(directories.map((path) => [path, "the oracle looks there"])),
      writable: Object.fromEntries(writable.map((path) => [path, "the daemon writes there"])),
      ...(random.chance(1, 2) ? { devices: { null: "output that no program reads", urandom: "keys" } } : {}),
      ...(random.chance(1, 3) ? { accounts: { users: { www: "it drops its rights by name" } } } : {}),
      ...(random.chance(1, 3) ? { hostFiles: { services: "names of ports" } } : {}),
      ...(isPruned ? { undeclared: "prune" } : {}),
      ...(random.chance(1, 3) ? { mounts } : {}),
      ...(hasProgram ? { binaries: { "/usr/bin/sleep": "the daemon" } } : {}),
      ...exclude,
    },
    rules,
    files,
    wrappers: hasProgram ? wrappers : {},
    directories,
    plainFiles,
    writable,
    isOnBtrfs: random.chance(1, 3),
  };
}

/** Every rule has an order of its own, so that no two of them are in conflict. */
function randomRule(random: Random, at: number, paths: readonly string[]): Rule {
  const globs = ["etc/**", "share/*", "www/**", "**/*.conf", "lib/*"];
  return {
    match: random.chance(1, 2) ? random.pick(paths) : random.pick(globs),
    ...(random.chance(1, 2) ? { owner: random.pick(["root", "root", "alice"]) } : {}),
    ...(random.chance(1, 2) ? { group: random.pick(["www", "root", "alice"]) } : {}),
    fileMode: random.pick(fileModes),
    directoryMode: random.pick(directoryModes),
    order: 101 + at,
    runtime: true,
    reason: `the oracle's rule ${at}`,
  };
}

function randomFile(random: Random, at: number, directory: string): FileArgs {
  const path = `${directory}/declared${at}`;
  const reason = `the oracle's file ${at}`;
  if (random.chance(1, 4)) return { path, symlinkTo: "a.conf", reason };
  const content = `content ${random.below(1000)}\n`.repeat(1 + random.below(3));
  return {
    path,
    content,
    ...(random.chance(1, 2) ? { mode: random.pick(fileModes) } : {}),
    ...(random.chance(1, 2) ? { group: random.pick(["www", "root"]) } : {}),
    ...(random.chance(1, 3) ? { hostLink: `/etc/oracle-link${at}` } : {}),
    ...(random.chance(1, 4) ? { secret: true } : {}),
    reason,
  };
}

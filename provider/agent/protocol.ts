/**
 * The wire between this process and an agent: every request by its word, once. `host/90-serve.sh` serves them, and a test holds
 * this table against it.
 *
 * A request is one line, the word and its arguments, and data behind the line where an argument gives their length. Requests
 * are served in order. A chained request has its chain's number in front (`7+mkdir`): after a failure of one with a plus the
 * host does nothing that follows in the chain, and skips the data by the first argument, so that has to be their length.
 *
 * A reply consists of records that end in NUL. Each begins with the session's nonce and a word: `LINE text`, or `list NAME`,
 * what a tool prints, and `listed STATUS ERROR`; and at last `done STATUS ERROR`. `wait` says only that the host works on.
 */

/** The status of a request that the host skipped after a failure in its chain. xargs, the only one near, ends with 123 to 127. */
export const notDone = 254;

/** The status of a command that was killed, or has not told its status. */
export const cut = 255;

/** Words of a reply that belong to no request: they begin a session, or hold every reply together. */
export type FrameWord = "hello" | "lacks" | "list" | "listed" | "wait" | "done";

interface WordShape {
  /** Arguments in order; `length` is that of the data, and `?` marks an argument that the line may lack. The host reads three, the rest as part of the third. */
  readonly takes: readonly string[];
  /** Words of the lines in a reply. */
  readonly lines?: readonly string[];
  /** Names of the lists in a reply; `*` is any text. */
  readonly lists?: readonly string[];
  /** A question's answer holds until something is changed; a look is answered anew each time; a change alters the host. */
  readonly effect: "question" | "look" | "change";
  /** The product's phase at that moment, for an error. */
  readonly phase: string;
}

const looking = "while looking at the jail";
const repairing = "while repairing";
const putting = "while putting files in place";
const mounting = "while mounting";
const removing = "while removing the jail";
const writing = "while writing the registry";
const closing = "while closing the daemon's directories";
const logging = "while seeing to the log socket";

const scanLines = ["mount", "mounted", "on", "unmounted", "remounted", "without"] as const;
const scanLists = ["entries", "stats", "getfacl", "getcap", "plain_getcap"] as const;
const factLines = ["uid", "machine", "kernel", "boot", "gap", "known"] as const;
const registryLines = ["odd", "document"] as const;
const registryLists = ["records", "findings", "left"] as const;
const inhabitantLines = ["process", "credentials", "descriptors", "environ", "environment"] as const;

export const words = {
  // The registry, and the way to the root.
  registry: { takes: ["name", "mode", "wait"], lines: ["busy"], effect: "look", phase: "while locking the registry" },
  enter: { takes: ["length", "make?"], lines: ["absent", "unsafe", "nodir"], effect: "question", phase: looking },
  records: { takes: [], lines: registryLines, lists: registryLists, effect: "look", phase: looking },
  put: { takes: ["length", "name"], effect: "change", phase: writing },
  drop: { takes: ["name"], effect: "change", phase: writing },
  tidy: { takes: [], effect: "change", phase: writing },
  history: { takes: ["length"], effect: "change", phase: writing },
  neighbours: { takes: [], lists: ["neighbours"], effect: "question", phase: looking },

  // Looks at the jail.
  zone: { takes: ["length?", "depth?"], effect: "look", phase: looking },
  skip: { takes: ["length"], effect: "look", phase: looking },
  look: {
    takes: [],
    lines: [...factLines, ...registryLines, ...scanLines],
    lists: ["passwd", "group", "nested", ...registryLists, ...scanLists],
    effect: "look",
    phase: looking,
  },
  scan: { takes: [], lines: scanLines, lists: scanLists, effect: "look", phase: looking },
  programs: { takes: ["length"], lines: ["program"], effect: "look", phase: looking },
  flags: { takes: ["length"], lists: ["flags"], effect: "look", phase: looking },
  times: { takes: ["length"], lines: ["now"], lists: ["times"], effect: "look", phase: looking },
  processes: {
    takes: [],
    lines: ["more", "restless", "unseen", ...inhabitantLines, "whole"],
    lists: ["links"],
    effect: "look",
    phase: looking,
  },
  uses: { takes: ["length", "kind"], lists: ["uses"], effect: "look", phase: looking },
  devices: { takes: ["length"], lists: ["devices"], effect: "question", phase: looking },
  logins: { takes: ["length"], lists: ["text"], effect: "look", phase: looking },

  // Looks at the host, or at both.
  names: { takes: ["database", "length"], lines: ["passwd", "group", "unanswered"], effect: "look", phase: looking },
  sums: { takes: ["length"], lists: ["sums"], effect: "question", phase: looking },
  text: { takes: ["length"], lists: ["text"], effect: "look", phase: looking },
  places: {
    takes: ["length"],
    lines: ["unsafe", "place", "unread", "target", "bound"],
    effect: "question",
    phase: looking,
  },
  loaders: {
    takes: [],
    lines: ["machine"],
    lists: ["cache", "services", "ld-musl-*"],
    effect: "question",
    phase: looking,
  },
  elves: {
    takes: ["length"],
    lines: ["link", "file", "piece", "absent", "places"],
    effect: "question",
    phase: looking,
  },
  launchers: {
    takes: ["uid", "kept?"],
    lines: ["systemd", "groups"],
    lists: ["lacks"],
    effect: "question",
    phase: looking,
  },
  exposed: {
    takes: ["length"],
    lines: ["override", "dropin"],
    lists: ["roots", "mountinfo"],
    effect: "question",
    phase: looking,
  },
  boot: { takes: ["name"], lines: ["boot"], lists: ["fence"], effect: "question", phase: looking },

  // Sealing.
  seal: { takes: ["length?"], lists: ["sealed"], effect: "change", phase: closing },
  plan: { takes: ["length"], effect: "change", phase: closing },
  relax: { takes: ["all?"], effect: "change", phase: "while opening the daemon's directories" },

  // Repairs.
  mkdir: { takes: ["length"], effect: "change", phase: repairing },
  chown: { takes: ["length", "ids"], effect: "change", phase: repairing },
  chmod: { takes: ["length", "mode"], effect: "change", phase: repairing },
  acl: { takes: ["length", "entries"], effect: "change", phase: repairing },
  powers: { takes: ["length", "capabilities?"], effect: "change", phase: repairing },
  quarantine: { takes: ["length", "kind?"], lists: ["moved"], effect: "change", phase: repairing },
  expire: { takes: ["days"], lines: ["expired"], effect: "change", phase: repairing },

  // Files that are put in place, and their commands.
  at: { takes: ["length", "key", "gid?"], lines: ["room"], effect: "change", phase: putting },
  fill: { takes: ["length", "sha256"], lines: ["inode"], effect: "change", phase: putting },
  copy: { takes: ["length", "size", "sha256"], lines: ["inode"], effect: "change", phase: putting },
  symlink: { takes: ["length"], effect: "change", phase: putting },
  device: { takes: ["type", "major", "minor"], effect: "change", phase: putting },
  fields: { takes: ["ids", "mode", "entries", "capabilities?"], effect: "change", phase: putting },
  place: { takes: ["length", "key"], lines: ["absent"], effect: "change", phase: putting },
  back: { takes: ["length", "key"], effect: "change", phase: putting },
  remove: { takes: ["length"], effect: "change", phase: putting },
  unplace: { takes: [], effect: "change", phase: writing },
  nobody: { takes: [], lines: ["nobody"], effect: "change", phase: looking },
  attempt: { takes: ["seconds", "gid", "length"], lines: ["printed", "denied"], effect: "change", phase: putting },

  // Mounts and the log socket.
  mount: { takes: ["length", "type", "options", "trust?"], effect: "change", phase: mounting },
  remount: { takes: ["length", "type", "options"], effect: "change", phase: mounting },
  unmount: { takes: ["length", "keep?"], effect: "change", phase: mounting },
  fence: { takes: ["length", "name"], effect: "change", phase: mounting },
  reload: { takes: [], effect: "change", phase: mounting },
  relay: { takes: ["length"], effect: "change", phase: logging },
  proof: { takes: ["length", "mark"], effect: "change", phase: logging },

  // Taking a jail away.
  clear: { takes: ["length"], effect: "change", phase: removing },
  empty: { takes: ["length"], effect: "change", phase: removing },
  uproot: { takes: ["length"], lines: ["kept"], effect: "change", phase: removing },
} as const satisfies Readonly<Record<string, WordShape>>;

export type Word = keyof typeof words;

type Named<W extends Word, Key extends "lines" | "lists"> = W extends Word
  ? (typeof words)[W] extends { readonly [K in Key]: readonly (infer Name extends string)[] }
    ? Name
    : never
  : never;
type Pattern<Name extends string> = Name extends `${infer Start}*` ? `${Start}${string}` : Name;
/** Words of the lines that a request's reply may have. */
export type LineOf<W extends Word> = Named<W, "lines">;
/** Names of the lists that it may have. */
export type ListOf<W extends Word> = Pattern<Named<W, "lists">>;

type Argument<W extends Word> = (typeof words)[W]["takes"][number];
type Needed<Name extends string> = Name extends `${string}?` ? never : Name extends "length" ? "data" : Name;
type Optional<Name extends string> = Name extends `${infer Bare}?` ? (Bare extends "length" ? "data" : Bare) : never;
type Value<Name extends string> = Name extends "data" ? Buffer : string | number;
/** A request's arguments by name, and its data: the length follows from these. */
export type Fields<W extends Word> = {
  readonly [Name in Needed<Argument<W>>]: Value<Name>;
} & {
  readonly [Name in Optional<Argument<W>>]?: Value<Name> | undefined;
};

/** A request's line, before data of some length. */
export function lineOf(word: Word, fields: Readonly<Record<string, unknown>>, length: number | undefined): string {
  const takes: readonly string[] = words[word].takes;
  const values = takes
    .map((name) => name.replace(/\?$/, ""))
    .map((name) => (name === "length" ? length : fields[name]));
  return [word, ...values.filter((value) => value !== undefined)].join(" ");
}

/** The word of a request in any chain; undefined for a word that the table lacks. */
function wordIn(line: string): Word | undefined {
  const [, word = ""] = /^(?:\d+[+-])?(\S*)/.exec(line) ?? [];
  return Object.hasOwn(words, word) ? (word as Word) : undefined;
}

/**
 * The effect of a request on known answers. A chained request counts as a change, and so does the request that makes the root.
 */
export function effectOf(line: string): WordShape["effect"] {
  const word = wordIn(line);
  if (word === undefined || !line.startsWith(word) || / make$/.test(line)) return "change";
  return words[word].effect;
}

/** The product's phase in which a request is sent. */
export function phaseOf(line: string): string {
  const word = wordIn(line);
  return word === undefined ? looking : words[word].phase;
}

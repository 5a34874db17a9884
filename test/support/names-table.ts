/** A row of a table with a column for each distribution: what is named, of which daemon, and the names. */
export interface NamesRow {
  /** Empty in a table about one daemon. */
  readonly daemon: string;
  readonly label: string;
  /** The names in a cell, each in backquotes there. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

const head = /^\|(?: Daemon \|)? \| Debian, Ubuntu \| RHEL, Fedora \| Alpine \|$/;

/** Reads the table of a page that says what Debian, RHEL and Alpine have. An empty cell for the daemon repeats the last one. */
export function namesTable(page: string): NamesRow[] {
  const lines = page.split("\n");
  const from = lines.findIndex((line) => head.test(line));
  if (from < 0) throw new Error("the page has no table with a column for each distribution");
  const to = lines.findIndex((line, at) => at > from && !line.startsWith("|"));
  let daemon = "";
  return lines.slice(from + 2, to).map((line) => {
    const cells = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    const [debian = "", rhel = "", alpine = ""] = cells.slice(-3);
    const [first = "", second] = cells.slice(0, -3);
    if (second !== undefined && first !== "") daemon = first;
    const named = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);
    const names = { debian: named(debian), rhel: named(rhel), alpine: named(alpine) };
    return { daemon, label: (second ?? first).split(":")[0] ?? "", names };
  });
}

const labels: Readonly<Record<string, string>> = {
  user: "user, group",
  group: "user, group",
  configuration: "configuration",
  temporary: "large bodies and answers",
  rootKey: "root key",
  reload: "reload",
  certificates: "certificates of authorities",
  addUser: "new account",
  nologin: "shell of a user without login",
};

/** The names that a table has for a key of an example's names.ts, by distribution; undefined where it has no such row. */
export function namesOf(rows: readonly NamesRow[], daemon: string, key: string): Record<string, string> | undefined {
  const label = labels[key];
  if (label === undefined) throw new Error(`no row of a table is about ${key}`);
  const row =
    rows.find((one) => one.label === label && one.daemon === daemon) ?? rows.find((one) => one.daemon === label);
  if (row === undefined) return undefined;
  const at = key === "group" ? -1 : 0;
  return Object.fromEntries(
    Object.entries(row.names).map(([distribution, names]) => [distribution, names.at(at) ?? ""]),
  );
}

/** A value of names.ts as a table says it: a command is its words, and a path in the jail begins with a slash. */
export function shownName(key: string, value: string | readonly string[]): string {
  const text = typeof value === "string" ? value : value.join(" ");
  return key === "temporary" ? `/${text}` : text;
}

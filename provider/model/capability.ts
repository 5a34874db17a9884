/** File capabilities (capabilities(7)), in the notation of setcap(8) and getcap(8). */

/** All of them, as of Linux 6.12; a clause without names is about all. */
const known = (
  "audit_control audit_read audit_write block_suspend bpf checkpoint_restore chown dac_override dac_read_search fowner fsetid " +
  "ipc_lock ipc_owner kill lease linux_immutable mac_admin mac_override mknod net_admin net_bind_service net_broadcast net_raw " +
  "perfmon setfcap setgid setpcap setuid sys_admin sys_boot sys_chroot sys_module sys_nice sys_pacct sys_ptrace sys_rawio " +
  "sys_resource sys_time sys_tty_config syslog wake_alarm"
)
  .split(" ")
  .map((name) => `cap_${name}`);

const clausePattern = /^(all|cap_[a-z_]+(?:,cap_[a-z_]+)*)?((?:[=+-][eip]*)+)$/i;

/**
 * A text of capabilities in one form, so that equal texts are equal sets: `cap_chown,cap_kill=ep`, clauses sorted; empty
 * when there are none. A text that is none gives the reason.
 */
export function parseCapabilities(text: string): { text: string } | { problem: string } {
  const flags = new Map<string, Set<string>>();
  for (const clause of text.trim().split(/\s+/)) {
    const match = clausePattern.exec(clause === "=" ? "all=" : clause);
    if (!match) return { problem: `"${text}" is not a set of capabilities: write "cap_net_bind_service=ep"` };
    const [, list = "all", actions = ""] = match;
    const names = list.toLowerCase() === "all" ? known : list.toLowerCase().split(",");
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) return { problem: `"${unknown}" is not the name of a capability, see capabilities(7)` };
    for (const [, op, letters = ""] of actions.matchAll(/([=+-])([eip]*)/g))
      for (const name of names) flags.set(name, apply(op, flags.get(name), letters));
  }
  const byFlags = new Map<string, string[]>();
  for (const name of known) {
    const set = [...(flags.get(name) ?? [])].sort().join("");
    if (set !== "") byFlags.set(set, [...(byFlags.get(set) ?? []), name]);
  }
  const clauses = [...byFlags].map(([set, names]) => `${names.length === known.length ? "" : names.join()}=${set}`);
  return { text: clauses.sort().join(" ") };
}

/** Why a text is no set of capabilities that a file can be given, or undefined when it is one. */
export function capabilitiesProblem(text: string): string | undefined {
  const parsed = parseCapabilities(text);
  if ("problem" in parsed) return parsed.problem;
  // A file has one effective flag for all that it permits and passes on (capabilities(7)).
  const flags = parsed.text.split(" ").map((clause) => clause.replace(/^.*=/, ""));
  const effective = flags.filter((set) => set.includes("e"));
  if (effective.every((set) => set.length > 1) && (effective.length === 0 || effective.length === flags.length))
    return undefined;
  return `"${text}" is more than a file can have: "e" goes with "p" or "i", and is for all of them or none`;
}

function apply(op: string | undefined, before: ReadonlySet<string> = new Set(), letters: string): Set<string> {
  if (op === "-") return new Set([...before].filter((flag) => !letters.includes(flag)));
  return new Set([...(op === "+" ? before : []), ...letters]);
}

/** Whether one text in the one form gives something that the other does not. */
export function givesMore(one: string, other: string): boolean {
  const before = flagsOf(other);
  return [...flagsOf(one)].some((flag) => !before.has(flag));
}

function flagsOf(text: string): Set<string> {
  const clauses = text.split(" ").map((clause) => clause.split("=", 2));
  return new Set(
    clauses.flatMap(([names = "", flags = ""]) =>
      (names === "" ? known : names.split(",")).flatMap((name) => [...flags].map((flag) => `${name} ${flag}`)),
    ),
  );
}

/** What a host printed, in the one form; a text that is none stays as it is, so that it differs from all that is declared. */
export function readCapabilities(text: string): string {
  const parsed = parseCapabilities(text);
  return "text" in parsed ? parsed.text : text;
}

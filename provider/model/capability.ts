/** File capabilities (capabilities(7)), in the notation of setcap(8) and getcap(8). */

/** All of them, as of Linux 6.12, in the order of the kernel's bits (linux/capability.h). */
const byBit = (
  "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service " +
  "net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin " +
  "sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override " +
  "mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore"
).split(" ");
/** A clause without names is about all. */
export const known: readonly string[] = byBit.map((name) => `cap_${name}`).sort();

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

/** The names, without "cap_", of a process's set of capabilities as /proc writes it: a bit for each, in hexadecimal. */
export function capabilityNames(hex: string): string[] {
  const bits = [...BigInt(`0x${hex}`).toString(2)].reverse();
  return bits.flatMap((bit, index) => (bit === "1" ? [byBit[index] ?? String(index)] : []));
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

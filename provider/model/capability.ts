/** File capabilities (capabilities(7)), in the notation of setcap(8) and getcap(8). */

/** All of them, as of Linux 6.12, in the order of the kernel's bits (linux/capability.h). */
const byBit = (
  "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service " +
  "net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin " +
  "sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override " +
  "mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore"
).split(" ");
/** A clause without names means all capabilities. */
export const allCapabilities: readonly string[] = byBit.map((name) => `cap_${name}`).sort();

/** Newer kernels have more, which older tools write as numbers (libcap's cap_to_text): each number counts, up to the last bit. */
const unnamed: readonly string[] = Array.from({ length: 64 - byBit.length }, (_, index) =>
  String(byBit.length + index),
);

const clausePattern = /^(all|(?:cap_[a-z_]+|\d{1,2})(?:,(?:cap_[a-z_]+|\d{1,2}))*)?((?:[=+-][eip]*)+)$/i;

/**
 * A text of capabilities in one form, so that equal texts are equal sets: `cap_chown,cap_kill=ep`, clauses sorted; empty when
 * there are none. An invalid text gives the reason.
 */
export function parseCapabilities(text: string): { text: string } | { problem: string } {
  const flags = new Map<string, Set<string>>();
  for (const clause of text.trim().split(/\s+/)) {
    const match = clausePattern.exec(clause === "=" ? "all=" : clause);
    if (!match) return { problem: `"${text}" is not a set of capabilities: write "cap_net_bind_service=ep"` };
    const [, list = "all", actions = ""] = match;
    const names = list.toLowerCase() === "all" ? allCapabilities : list.toLowerCase().split(",").map(named);
    const unknown = names.find((name) => !allCapabilities.includes(name) && !unnamed.includes(name));
    if (unknown !== undefined) return { problem: `"${unknown}" is not the name of a capability, see capabilities(7)` };
    for (const [, op, letters = ""] of actions.matchAll(/([=+-])([eip]*)/g))
      for (const name of names) flags.set(name, apply(op, flags.get(name), letters));
  }
  const byFlags = new Map<string, string[]>();
  for (const name of [...allCapabilities, ...unnamed]) {
    const set = [...(flags.get(name) ?? [])].sort().join("");
    if (set !== "") byFlags.set(set, [...(byFlags.get(set) ?? []), name]);
  }
  const clauses = [...byFlags].flatMap(([set, names]) => {
    const isAll = allCapabilities.every((name) => names.includes(name));
    const others = isAll ? names.filter((name) => unnamed.includes(name)) : names;
    return [...(isAll ? [`=${set}`] : []), ...(others.length > 0 ? [`${others.join()}=${set}`] : [])];
  });
  return { text: clauses.sort().join(" ") };
}

/** The name of a capability that was written as its number, where it has a name. */
function named(text: string): string {
  const name = /^\d+$/.test(text) ? byBit[Number(text)] : undefined;
  return name === undefined ? text : `cap_${name}`;
}

/** The reason why a file cannot be given a text's capabilities, or undefined when it can. */
export function capabilitiesProblem(text: string): string | undefined {
  const parsed = parseCapabilities(text);
  if ("problem" in parsed) return parsed.problem;
  // A file has one effective flag for its permitted and inheritable sets (capabilities(7)).
  const flags = parsed.text.split(" ").map((clause) => clause.replace(/^.*=/, ""));
  const effective = flags.filter((set) => set.includes("e"));
  if (effective.every((set) => set.length > 1) && (effective.length === 0 || effective.length === flags.length))
    return undefined;
  return `"${text}" is not possible for a file: "e" needs "p" or "i", and applies to all capabilities or to none`;
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

/** Whether one text in the one form gives a capability that the other does not. */
export function givesMore(one: string, other: string): boolean {
  const before = flagsOf(other);
  return [...flagsOf(one)].some((flag) => !before.has(flag));
}

function flagsOf(text: string): Set<string> {
  const clauses = text.split(" ").map((clause) => clause.split("=", 2));
  return new Set(
    clauses.flatMap(([names = "", flags = ""]) =>
      (names === "" ? allCapabilities : names.split(",")).flatMap((name) =>
        [...flags].map((flag) => `${name} ${flag}`),
      ),
    ),
  );
}

/** Normalises capabilities that a host printed; an unknown text stays as it is and so differs from every declared one. */
export function readCapabilities(text: string): string {
  const parsed = parseCapabilities(text);
  return "text" in parsed ? parsed.text : text;
}

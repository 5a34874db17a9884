import { formatMode, type Mode } from "../../model/mode";
import type { Process } from "../../observe/process";
import type { Draft } from "./processes";

/** Who may run in a jail: a daemon that its Wrapper starts, or one that goes into the jail by itself. */
export interface Identity {
  /** As people call it: `Wrapper named`. */
  readonly label: string;
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups that it may be in. */
  readonly groups: readonly number[];
  /** Capabilities that it may keep, without "cap_". */
  readonly capabilities: readonly string[];
  /** Whether NoNewPrivs is promised, and a bounding set with it, as a Wrapper does. */
  readonly noNewPrivs: boolean;
  /** Names that may be in its environment; undefined where it is not held, as of a daemon that chroots itself. */
  readonly environment?: readonly string[];
  /** Undefined where it is not held. */
  readonly umask?: Mode;
}

/** With one of them a process makes itself root, or reaches what is outside (capabilities(7); chw00t). */
const leaving = new Set(
  (
    "bpf chown dac_override dac_read_search fowner mknod setfcap setuid sys_admin sys_chroot sys_module sys_ptrace " +
    "sys_rawio"
  ).split(" "),
);
/** What a Wrapper needs itself to go into the jail: still in the bounding set, and of no use under NoNewPrivs. */
const launching = ["setgid", "setuid", "sys_chroot"];
/** Names that no daemon should have been started with: whose session it was, libraries to load, secrets. */
const telling = /^(LD_|SSH_|SUDO_)|SECRET|TOKEN|PASSW|CREDENTIAL|_KEY$/;
/** Names in one finding. */
const nameLimit = 10;

const byWrapper = "start it through its Wrapper";
const byOption = "start it through its Wrapper, or correct the daemon's own options";

/** How a process differs from the identity that it is closest to: one of the same uid, then the one with the fewest differences. */
export function closestDifferences(live: Process, declared: readonly Identity[]): Draft[] {
  const [closest] = declared
    .map((identity) => ({ isOther: !live.uids.includes(identity.uid), found: differences(live, identity) }))
    .sort((one, other) => Number(one.isOther) - Number(other.isOther) || one.found.length - other.found.length);
  return closest?.found ?? [];
}

function differences(live: Process, identity: Identity): Draft[] {
  return [
    ...ids(live, identity),
    ...groups(live, identity),
    ...capabilities(live, identity),
    ...privileges(live, identity),
    ...umask(live, identity),
    ...environment(live, identity),
  ];
}

function ids({ uids, gids }: Process, { label, uid, gid }: Identity): Draft[] {
  const found: Draft[] = [];
  const format = (numbers: readonly number[]) =>
    new Set(numbers).size === 1 ? `${numbers[0]}` : `${numbers.slice(0, 3).join(", ")} (real, effective, saved)`;
  // That it is root, or can be, has been said.
  if (!uids.includes(0) && uids.some((one) => one !== uid))
    found.push([
      "medium",
      `runs with uid ${format(uids)}, and ${label} with ${uid}: its user had another number when it was started, or it is another's`,
      "restart it, or find out who started it",
    ]);
  if (gids.some((one) => one !== gid))
    found.push(["medium", `runs with gid ${format(gids)}, and ${label} with ${gid}`, byOption]);
  return found;
}

function groups(live: Process, { label, gid, groups }: Identity): Draft[] {
  const more = live.groups.filter((one) => one !== gid && !groups.includes(one));
  if (more.length === 0) return [];
  return [["medium", `is in groups that ${label} is not in: ${list(more.map(String))}`, byOption]];
}

function capabilities(live: Process, { label, capabilities, noNewPrivs }: Identity): Draft[] {
  if (live.uids.includes(0)) return []; // Root has all of them.
  const more = live.capabilities.filter((name) => !capabilities.includes(name));
  const [worst, others] = [more.filter((name) => leaving.has(name)), more.filter((name) => !leaving.has(name))];
  const found: Draft[] = [];
  if (worst.length > 0)
    found.push(["high", `has capabilities with which it can leave the jail: ${list(worst)}`, byOption]);
  if (others.length > 0)
    found.push([
      noNewPrivs ? "medium" : "low",
      `has capabilities that ${label} does not keep: ${list(others)}`,
      byOption,
    ]);
  return found;
}

function privileges(live: Process, { label, capabilities, noNewPrivs }: Identity): Draft[] {
  if (!noNewPrivs) return [];
  const found: Draft[] = [];
  if (!live.noNewPrivs)
    found.push(["medium", `may get privileges by what it starts, and ${label} sets NoNewPrivs`, byWrapper]);
  const more = live.bounding.filter((name) => ![...launching, ...capabilities].includes(name));
  if (more.length > 0)
    found.push(["low", `has a bounding set with more than ${label} leaves in it: ${list(more)}`, byWrapper]);
  return found;
}

function umask({ umask: own }: Process, { label, umask }: Identity): Draft[] {
  if (own === undefined || umask === undefined || own === umask) return [];
  const what = `has the umask ${formatMode(own)}, and ${label} ${formatMode(umask)}`;
  return [["low", what, "restart it, or declare the umask that it sets itself"]];
}

function environment(live: Process, { label, environment }: Identity): Draft[] {
  const more = live.environment.filter((name) => !environment?.includes(name));
  const [worst, others] = [more.filter((name) => telling.test(name)), more.filter((name) => !telling.test(name))];
  const found: Draft[] = [];
  if (worst.length > 0)
    found.push([
      "medium",
      `was started with variables of a session, of the loader or with secrets: ${list(worst)}`,
      "start it with a clean environment, as its Wrapper does",
    ]);
  if (environment && others.length > 0)
    found.push(["low", `was started with variables that ${label} does not have: ${list(others)}`, byWrapper]);
  return found;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, nameLimit).join(", ");
  return names.length > nameLimit ? `${shown} and ${names.length - nameLimit} more` : shown;
}

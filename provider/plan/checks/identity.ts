import { type Finding, finding } from "../../intent/finding";
import type { Mode } from "../../model/mode";
import type { Process } from "../../observe/process";
import { named } from "./escapes";

/** A process that may run in a jail: a daemon that its Wrapper starts, or a daemon that enters the jail by itself. */
export interface Identity {
  /** The name for people: `Wrapper named`. */
  readonly label: string;
  readonly uid: number;
  readonly gid: number;
  /** The supplementary groups that the process may be in. */
  readonly groups: readonly number[];
  /** The capabilities that the process may keep, without "cap_". */
  readonly capabilities: readonly string[];
  /** Whether the declaration promises NoNewPrivs and a bounding set, as a Wrapper does. */
  readonly noNewPrivs: boolean;
  /**
   * The names that its environment may have. Undefined where the declaration leaves it open, as for a daemon that chroots itself.
   */
  readonly environment?: readonly string[];
  /** Undefined where the declaration leaves it open. */
  readonly umask?: Mode;
}

/** With one of these a process makes itself root, or reaches files outside the jail (capabilities(7); chw00t). */
const leaving = new Set(
  (
    "bpf chown dac_override dac_read_search fowner mknod setfcap setuid sys_admin sys_chroot sys_module sys_ptrace " +
    "sys_rawio"
  ).split(" "),
);
/** A Wrapper needs these to enter the jail: they stay in the bounding set and are of no use under NoNewPrivs. */
const launching = ["setgid", "setuid", "sys_chroot"];
/** Names that no daemon should be started with: they tell of a login session, load libraries or carry secrets. */
const telling = /^(LD_|SSH_|SUDO_)|SECRET|TOKEN|PASSW|CREDENTIAL|_KEY$/;
/** The findings against the closest declared identity: first one with the same uid, then the one with the fewest differences. */
export function closestDifferences(live: Process, declared: readonly Identity[]): Finding[] {
  const [closest] = declared
    .map((identity) => ({ isOther: !live.uids.includes(identity.uid), found: differences(live, identity) }))
    .sort((one, other) => Number(one.isOther) - Number(other.isOther) || one.found.length - other.found.length);
  return closest?.found ?? [];
}

function differences(live: Process, identity: Identity): Finding[] {
  return [
    ...ids(live, identity),
    ...groups(live, identity),
    ...capabilities(live, identity),
    ...privileges(live, identity),
    ...umask(live, identity),
    ...environment(live, identity),
  ];
}

function ids(live: Process, { label, uid, gid }: Identity): Finding[] {
  const { uids, gids } = live;
  const who = named(live);
  // `escapes` reports a process that is root or can become root.
  const isOther = !uids.includes(0) && uids.some((id) => id !== uid);
  return [
    ...(isOther ? [finding("process-uid", { who, ids: uids, label, id: uid })] : []),
    ...(gids.some((id) => id !== gid) ? [finding("process-gid", { who, ids: gids, label, id: gid })] : []),
  ];
}

function groups(live: Process, { label, gid, groups }: Identity): Finding[] {
  const more = live.groups.filter((group) => group !== gid && !groups.includes(group));
  if (more.length === 0) return [];
  return [finding("process-groups", { who: named(live), label, names: more.map(String) })];
}

function capabilities(live: Process, { label, capabilities, noNewPrivs }: Identity): Finding[] {
  if (live.uids.includes(0)) return []; // Root has all capabilities.
  const more = live.capabilities.filter((name) => !capabilities.includes(name));
  const [worst, others] = [more.filter((name) => leaving.has(name)), more.filter((name) => !leaving.has(name))];
  const who = named(live);
  return [
    ...(worst.length > 0 ? [finding("process-leaving-capabilities", { who, names: worst })] : []),
    // A daemon that changes its root itself keeps some capabilities, and no argument declares them: they are no way out.
    ...(others.length > 0 && noNewPrivs ? [finding("process-capabilities", { who, label, names: others })] : []),
  ];
}

function privileges(live: Process, { label, capabilities, noNewPrivs }: Identity): Finding[] {
  if (!noNewPrivs) return [];
  const who = named(live);
  const more = live.bounding.filter((name) => ![...launching, ...capabilities].includes(name));
  return [
    ...(live.noNewPrivs ? [] : [finding("process-new-privileges", { who, label })]),
    ...(more.length > 0 ? [finding("process-bounding-set", { who, label, names: more })] : []),
  ];
}

function umask(live: Process, { label, umask }: Identity): Finding[] {
  const { umask: own } = live;
  if (own === undefined || umask === undefined || own === umask) return [];
  return [finding("process-umask", { who: named(live), own, label, umask })];
}

function environment(live: Process, { label, environment }: Identity): Finding[] {
  const more = live.environment.filter((name) => !environment?.includes(name));
  const [worst, others] = [more.filter((name) => telling.test(name)), more.filter((name) => !telling.test(name))];
  const who = named(live);
  return [
    ...(worst.length > 0 ? [finding("process-telling-environment", { who, names: worst })] : []),
    ...(environment && others.length > 0 ? [finding("process-environment", { who, label, names: others })] : []),
  ];
}

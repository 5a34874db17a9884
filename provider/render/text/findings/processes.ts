import type { FindingId, ProcessName } from "../../../intent/finding-kinds";
import { show } from "../../../model/bytes";
import { formatMode } from "../../../model/mode";
import type { Sentences } from "./sentence";

type ProcessId = Extract<FindingId, `process-${string}`>;

/** The most names in one finding. */
const nameLimit = 10;

const ownUser = "start it through its Wrapper, or give the daemon's own user option";
const close = "start it through its Wrapper, which closes inherited descriptors";
const byWrapper = "start it through its Wrapper";
const byOption = "start it through its Wrapper, or correct the daemon's own options";
const leaves = "a process of root's leaves any chroot";

/** Findings about a running process. */
export const processSentences: Sentences<ProcessId> = {
  "process-root": ({ evidence: { who } }) => ({
    what: `${nameOf(who)} runs with uid 0: ${leaves}`,
    remedy: ownUser,
  }),
  "process-kept-root": ({ evidence: { who, kept } }) => ({
    what: `${nameOf(who)} can be root again, its ${kept} uid is 0: ${leaves}`,
    remedy: ownUser,
  }),
  "process-outside": ({ evidence: { who, cwd } }) => ({
    what: `${nameOf(who)} has its working directory, ${show(cwd)}, outside the jail: it can go anywhere from there`,
    remedy: "start it through its Wrapper, which goes into the jail first",
  }),
  "process-holds-directory": ({ evidence }) => ({
    what: `${nameOf(evidence.who)} holds a directory outside the jail, ${heldText(evidence)}: it can go anywhere from there`,
    remedy: close,
  }),
  "process-holds-device": ({ evidence }) => ({
    what: `${nameOf(evidence.who)} holds a block device, ${heldText(evidence)}: it can reach all that is on it`,
    remedy: close,
  }),
  "process-holds-file": ({ evidence }) => ({
    what: `${nameOf(evidence.who)} may write to a file outside the jail, ${heldText(evidence)}`,
    remedy: "if that is not a log that it opens before it goes into the jail, start it without",
  }),
  "process-nested-root": ({ evidence: { who, root } }) => ({
    what: `${nameOf(who)} has its root at ${show(root)}, below the jail's`,
    remedy: "see that the daemon does that itself: a process that may chroot in a jail can leave it",
  }),
  "process-old-program": ({ evidence: { who, program } }) => ({
    what: `${nameOf(who)} runs ${show(program)}: the program was replaced or removed after its start, and the new version's fixes are not active yet`,
    remedy: "restart it",
  }),
  "process-many-descriptors": ({ evidence: { who } }) => ({
    what: `${nameOf(who)} holds more than 100 files or directories open that might be outside the jail`,
    remedy: "look at its /proc/PID/fd",
  }),
  "process-uid": ({ evidence: { who, ids, label, id } }) => ({
    what: `${nameOf(who)} runs with uid ${idsText(ids)}, and ${label} with ${id}: its user had another number when it was started, or it is another's`,
    remedy: "restart it, or find out who started it",
  }),
  "process-gid": ({ evidence: { who, ids, label, id } }) => ({
    what: `${nameOf(who)} runs with gid ${idsText(ids)}, and ${label} with ${id}`,
    remedy: byOption,
  }),
  "process-groups": ({ evidence: { who, label, names } }) => ({
    what: `${nameOf(who)} is in groups that ${label} is not in: ${list(names)}`,
    remedy: byOption,
  }),
  "process-leaving-capabilities": ({ evidence: { who, names } }) => ({
    what: `${nameOf(who)} has capabilities with which it can leave the jail: ${list(names)}`,
    remedy: byOption,
  }),
  "process-capabilities": ({ evidence: { who, label, names } }) => ({
    what: `${nameOf(who)} has capabilities that ${label} does not keep: ${list(names)}`,
    remedy: byOption,
  }),
  "process-new-privileges": ({ evidence: { who, label } }) => ({
    what: `${nameOf(who)} may gain privileges through programs that it starts, and ${label} sets NoNewPrivs`,
    remedy: byWrapper,
  }),
  "process-bounding-set": ({ evidence: { who, label, names } }) => ({
    what: `${nameOf(who)} has a bounding set with more than ${label} leaves in it: ${list(names)}`,
    remedy: byWrapper,
  }),
  "process-umask": ({ evidence: { who, own, label, umask } }) => ({
    what: `${nameOf(who)} has the umask ${formatMode(own)}, and ${label} ${formatMode(umask)}`,
    remedy: "restart it, or declare the umask that it sets itself",
  }),
  "process-telling-environment": ({ evidence: { who, names } }) => ({
    what: `${nameOf(who)} was started with session variables, loader variables or secrets: ${list(names)}`,
    remedy: "start it with a clean environment, as its Wrapper does",
  }),
  "process-environment": ({ evidence: { who, label, names } }) => ({
    what: `${nameOf(who)} was started with variables that ${label} does not have: ${list(names)}`,
    remedy: byWrapper,
  }),
};

export function nameOf({ pid, thread, name }: ProcessName): string {
  const who = `process ${pid} (${show(name)})`;
  return thread === undefined ? who : `thread ${thread} of ${who}`;
}

function heldText({ path, number }: { readonly path: Parameters<typeof show>[0]; readonly number: number }): string {
  return `${show(path)} open as descriptor ${number}`;
}

function idsText(ids: readonly number[]): string {
  return new Set(ids).size === 1 ? `${ids[0]}` : `${ids.slice(0, 3).join(", ")} (real, effective, saved)`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, nameLimit).join(", ");
  return names.length > nameLimit ? `${shown} and ${names.length - nameLimit} more` : shown;
}

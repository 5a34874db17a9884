import type { Bytes } from "../model/bytes";
import type { EntryType, Live } from "../model/entry";
import type { Mode } from "../model/mode";
import type { UnreadProblem } from "../model/unread-problem";
import type { ArgumentProblem, LoginProblem } from "./account-problem";
import type { Conflict } from "./expectation";
import type { HostLimit } from "./host-limit";
import type { LaunchProblem } from "./launch-problem";
import type { LogSocketProblem, MountProblem } from "./mount-problem";
import type { Owner } from "./owner";
import type { PlaceProblem } from "./place-problem";
import type { ProgramProblem } from "./program-problem";
import type { Damage } from "./registry-record";
import type { UnseenUses } from "./unseen-uses";

/**
 * Severities of findings, worst first. `refused`: `up` stops. `unchecked`: counts as a difference. `high`: a way out of the jail. `medium`: differs from the
 * declaration. `low`: a remark.
 */
export const severities = ["refused", "unchecked", "high", "medium", "low"] as const;
export type Severity = (typeof severities)[number];

interface Kind {
  readonly severity: Severity;
  readonly means: string;
  /** It counts until the operation ends, although another resource's repair has removed the sign of it. */
  readonly isLasting?: true;
}

const refused = (means: string): Kind => ({ severity: "refused", means });
const lasting = (means: string): Kind => ({ severity: "refused", means, isLasting: true });
const unchecked = (means: string): Kind => ({ severity: "unchecked", means });
const high = (means: string): Kind => ({ severity: "high", means });
const medium = (means: string): Kind => ({ severity: "medium", means });
const low = (means: string): Kind => ({ severity: "low", means });

/** Identifies a process, or one of its threads. */
export interface ProcessName {
  readonly pid: number;
  readonly thread?: number;
  readonly name: Bytes;
}

/** The facts of each kind of finding beside the place. Only plain values: a report writes them as JSON. */
export interface Evidence {
  readonly "second-jail": { readonly own: Owner; readonly other: Owner };
  readonly "no-jail": Nothing;
  readonly "root-not-empty": { readonly entries: number };
  readonly "root-shared": { readonly root: string; readonly whose: "user" | "group"; readonly name: string };
  readonly "unknown-principal": { readonly what: "user" | "group"; readonly name: string };
  readonly "file-system-option": { readonly type: string; readonly option: "ro" | "nodev" | "noexec" };
  readonly "root-not-mounted": { readonly mount: Bytes };
  readonly "later-record": { readonly file: string };
  readonly "missing-tool": { readonly tool: "acl" | "capabilities" };
  readonly conflict: {
    readonly field: Conflict["field"];
    readonly claims: readonly [Owner, Owner];
    readonly hasGlob: boolean;
  };
  /** `link` is what is declared at a place that is a directory. */
  readonly "place-unfit": {
    readonly is: "directory" | "mount" | "excluded" | "declared directory";
    readonly link?: { readonly target: Bytes; readonly reason: string };
  };
  readonly "link-in-the-way": { readonly below?: Bytes; readonly to?: Bytes };
  readonly "parent-unfit": { readonly below: Bytes; readonly type: EntryType };
  readonly "powers-untrusted": { readonly powers: string; readonly above: Bytes };
  readonly "powers-replaceable": { readonly powers: string; readonly above: Bytes };
  readonly "place-shared": { readonly rival: Owner };
  readonly "source-missing": { readonly path: Bytes };
  /** `told` is the host's own text. */
  readonly "source-unsafe": { readonly path: Bytes; readonly told: string };
  readonly "host-link-astray": { readonly way: "in" | "itself" | "mounted" | "unread link"; readonly place: Bytes };
  readonly "host-place-unsafe": PlaceProblem;
  readonly "host-place-unfit": { readonly type: EntryType; readonly mayOverwrite: boolean };
  readonly "host-place-shared": { readonly rival: Owner; readonly root: string };
  readonly "nested-jail": {
    readonly root: string;
    readonly name: string;
    readonly exclude: string;
    readonly isOuter: boolean;
  };
  readonly "program-unavailable": { readonly binary: string; readonly why: ProgramProblem };
  readonly "program-missing": { readonly program: Bytes };
  readonly "launch-unsafe": LaunchProblem;
  readonly "mount-unsafe": MountProblem;
  readonly "log-socket-unfit": LogSocketProblem;
  readonly "argument-unfit": ArgumentProblem;
  readonly "login-lost": LoginProblem;
  readonly "hidden-by-mount": Nothing;
  readonly "not-seen": UnreadProblem;
  readonly "type-unknown": Nothing;
  readonly "too-deep": { readonly deepest: number };
  readonly "use-unknown": UnseenUses;
  /** The message of the look that failed. */
  readonly "processes-unknown": { readonly error: string };
  readonly "processes-partly-seen": {
    /** The host's words on why this session cannot see all of them. */
    readonly blind?: string;
    /** The number of processes and threads not looked at for lack of time. */
    readonly more: number;
    /** The first process that was seen in part, and the number of all such processes. */
    readonly partly?: { readonly first: ProcessName; readonly count: number; readonly parts: readonly string[] };
    readonly isRestless: boolean;
    /** The resource wants a process that differs from the declaration to be drift. */
    readonly isForced?: true;
  };
  readonly "undeclared-entry": Nothing;
  readonly "more-undeclared-entries": { readonly count: number };
  readonly "undeclared-mount": Nothing;
  readonly "open-channel": Pick<Live, "type" | "uid" | "gid" | "mode" | "acl">;
  readonly "dead-rule": { readonly coveredBy?: Owner };
  readonly "dead-acceptance": { readonly key: string; readonly isUnsafe: boolean };
  readonly "host-limit": HostLimit;
  readonly "damaged-record": Damage;
  readonly "process-root": OfProcess;
  readonly "process-kept-root": OfProcess & { readonly kept: string };
  readonly "process-outside": OfProcess & { readonly cwd: Bytes };
  readonly "process-holds-directory": Held;
  readonly "process-holds-device": Held;
  readonly "process-holds-file": Held;
  readonly "process-nested-root": OfProcess & { readonly root: Bytes };
  readonly "process-old-program": OfProcess & { readonly program: Bytes };
  readonly "process-many-descriptors": OfProcess;
  readonly "process-uid": Ids;
  readonly "process-gid": Ids;
  readonly "process-groups": Names;
  readonly "process-leaving-capabilities": OfProcess & { readonly names: readonly string[] };
  readonly "process-capabilities": Names;
  readonly "process-new-privileges": OfProcess & { readonly label: string };
  readonly "process-bounding-set": Names;
  readonly "process-umask": OfProcess & { readonly own: Mode; readonly label: string; readonly umask: Mode };
  readonly "process-telling-environment": OfProcess & { readonly names: readonly string[] };
  readonly "process-environment": Names;
}

type Nothing = Readonly<Record<never, never>>;
interface OfProcess {
  readonly who: ProcessName;
}
interface Held extends OfProcess {
  readonly path: Bytes;
  readonly number: number;
}
interface Ids extends OfProcess {
  readonly ids: readonly number[];
  readonly label: string;
  readonly id: number;
}
interface Names extends OfProcess {
  readonly label: string;
  readonly names: readonly string[];
}

export type FindingId = keyof Evidence;

/** The registry of findings. An id never changes and is never used again: programs and records name it. */
export const findingKinds: { readonly [Id in FindingId]: Kind } = {
  "second-jail": refused("Two Jails declare one root."),
  "no-jail": refused("No Jail declares the root that a resource names."),
  "root-not-empty": refused("The root holds entries that no record mentions, and adopt is not set."),
  "root-shared": refused("A root below /etc holds an entry of an account that nothing declared names."),
  "unknown-principal": refused("The host does not have a user or group that a resource names."),
  "file-system-option": refused("The root's file system is mounted with an option that makes a declaration useless."),
  "root-not-mounted": refused("The host's fstab mounts something at the root or above it, and nothing is mounted."),
  "later-record": refused("A later release wrote a record of the jail."),
  "missing-tool": refused("The host does not have the tool for a declared ACL or capability."),
  conflict: refused("Two claims of one order give a path different values."),
  "place-unfit": refused("Nothing can be put at a declared path."),
  "link-in-the-way": lasting("A link that others may change stands where a directory is declared."),
  "parent-unfit": refused("Something that is not a directory is above a declared path."),
  "powers-untrusted": lasting("A file should get setuid or capabilities, but until now others could replace it."),
  "powers-replaceable": refused("Others may replace a file that is declared with setuid or capabilities."),
  "place-shared": refused("Two resources put something at one path."),
  "source-missing": refused("The host does not have a file that the jail needs a copy of."),
  "source-unsafe": refused("A file of the host is not safe to copy."),
  "host-link-astray": refused("A link on the host would lead to a place that someone other than root may write to."),
  "host-place-unsafe": refused("Someone other than root may change a place on the host."),
  "host-place-unfit": refused("Something else is already at a path on the host."),
  "host-place-shared": refused("A resource of another jail puts something at the same place of the host."),
  "nested-jail": refused("One jail is inside another, and the outer one does not exclude it."),
  "program-unavailable": refused("The host cannot provide a declared binary."),
  "program-missing": refused("The jail does not have the program that a Wrapper starts."),
  "launch-unsafe": refused("A daemon cannot be started safely on this host."),
  "mount-unsafe": refused("Something cannot be mounted safely."),
  "log-socket-unfit": refused("The jail cannot have its log socket."),
  "argument-unfit": refused("An argument does not fit the accounts of the host."),
  "login-lost": refused("A user would not be able to log in any more."),
  "hidden-by-mount": unchecked("An undeclared mount hides declared paths."),
  "not-seen": unchecked("The host did not report everything about an entry, or about the entries below it."),
  "type-unknown": unchecked("The host does not tell the type of an entry."),
  "too-deep": unchecked("A directory is too deep, or its path too long, to look into."),
  "use-unknown": unchecked("It is unknown whether a process uses an entry that would be moved away."),
  "processes-unknown": unchecked("The running processes of the jail were not seen."),
  "processes-partly-seen": unchecked("Not all of the jail's running processes were seen."),
  "undeclared-entry": low("No resource declares an entry."),
  "more-undeclared-entries": low("There are more undeclared entries than are named."),
  "undeclared-mount": low("Something is mounted that no resource declares."),
  "open-channel": low("Others may use an undeclared socket or FIFO that root owns."),
  "dead-rule": medium("A rule matches nothing, or others override it everywhere."),
  "dead-acceptance": medium("The Jail accepts a finding that is not there, or that it cannot accept."),
  "host-limit": low("This host cannot check or do something."),
  "damaged-record": low("A file in the registry is no record of this jail."),
  "process-root": high("A process runs as root."),
  "process-kept-root": high("A process can become root again."),
  "process-outside": high("A process has its working directory outside the jail."),
  "process-holds-directory": high("A process holds a directory outside the jail open."),
  "process-holds-device": high("A process holds a block device open."),
  "process-holds-file": low("A process may write to a file outside the jail."),
  "process-nested-root": low("A process has its root below the jail's."),
  "process-old-program": medium("A process runs a program that was replaced or removed."),
  "process-many-descriptors": low("A process has more open files than one look can check."),
  "process-uid": medium("A process runs with another uid than declared."),
  "process-gid": medium("A process runs with another gid than declared."),
  "process-groups": medium("A process is in groups that are not declared."),
  "process-leaving-capabilities": high("A process has capabilities with which it can leave the jail."),
  "process-capabilities": medium("A process has capabilities that are not declared."),
  "process-new-privileges": medium("A process may gain privileges through programs that it starts."),
  "process-bounding-set": low("A process has a larger bounding set than its Wrapper leaves."),
  "process-umask": low("A process has another umask than declared."),
  "process-telling-environment": medium("A process was started with a session's variables, or with secrets."),
  "process-environment": low("A process was started with variables that are not declared."),
};

import { z } from "zod";
import { acceptanceProblem } from "../../intent/acceptance";
import type { ArgumentProblem } from "../../intent/account-problem";
import { connectionArgs } from "../../model/connection";
import { type Principals, principalId } from "../../model/entry";
import { isBelowEtc } from "../../model/path";
import {
  absoluteDirectoryMode,
  globField,
  hostPathField,
  jailPathField,
  mixedFileMode,
  principalField,
  reasonField,
  refuseWith,
  rootField,
} from "../fields";
import { visible } from "../visible";
import { accountsArgs } from "./accounts";
import { devicesField } from "./devices";
import { hostFilesArgs } from "./host-files";
import { logSocketArgs } from "./log-socket";
import { mountsField } from "./mounts";

/** Owner and modes of everything in a jail without a more specific declaration. */
export const baselineArgs = z.strictObject({
  /** User that owns files and directories, by name or number. Best `root`: the daemon must not own what it only reads. */
  owner: principalField,
  /** Their group, by name or number. */
  group: principalField,
  /**
   * Mode of regular files, absolute: four octal digits (`"0640"`) or symbols (`"u=rw,og=r"`). `X` (`"u=rwX,og=rX"`) is execute for
   * files that are programs: root's own file says so by its execute bits when it is first seen, and the host's registry notes it.
   */
  fileMode: mixedFileMode,
  /** Mode of directories, absolute: four octal digits (`"0755"`) or symbols (`"u=rwx,og=rx"`). */
  directoryMode: absoluteDirectoryMode,
});

const stackField = z
  .string()
  .superRefine(
    refuseWith((text) =>
      /^[^/\s]+\/[^/\s]+$/.test(text) ? undefined : `"${text}" is not the name of a stack: give project/stack`,
    ),
  );

/** A chroot jail on a host: its root, its daemon's user, and the baseline of owners and modes that everything in it has. */
export const jailArgs = z
  .strictObject({
    /** How to reach the host over SSH. */
    connection: connectionArgs,
    /**
     * Absolute path of the jail on the host. Replaces on change. Refused: `/` and directories of the system, relative paths,
     * `..`; on the host, a parent that is not root's or that group or others may write (as sshd's ChrootDirectory), unless it
     * has the sticky bit and every directory on the path to the jail is root's; a place in another jail that does not exclude
     * it, and a place that the host's fstab mounts and that is not mounted.
     */
    root: rootField.meta(visible),
    /** User that the daemon runs as, by name or number. One with the number 0 is refused without `allowRoot`: root leaves any chroot. */
    user: principalField.meta(visible),
    /** Why the daemon of this jail is root. Without it a `user` whose number is 0 is refused. */
    allowRoot: reasonField.optional().meta(visible),
    /** Group that the daemon runs as, by name or number. */
    group: principalField.meta(visible),
    /**
     * Owner and modes of every regular file and directory that no rule says more about. They never apply to links, devices,
     * sockets and FIFOs.
     */
    baseline: baselineArgs.meta(visible),
    /**
     * Directories that must exist, each with the reason. Their parents are implied. A directory below a `writable` one has its
     * owner and mode.
     */
    directories: z.record(jailPathField, reasonField).optional().meta(visible),
    /**
     * Directories in which the daemon may write, each with the reason: `root:<group>` 0770. The daemon's files in them are
     * expected and their owners and modes are not held; setuid and setgid are still refused.
     */
    writable: z.record(jailPathField, reasonField).optional().meta(visible),
    /**
     * Programs that a wrapped daemon needs in its jail, as absolute paths of the host, each with the reason. Each comes with
     * its loader and all its libraries, once, root's and with the host's own permissions to run them; when the host has newer
     * ones, that is drift. A daemon that changes its root itself needs none. Refused: a program that the host lacks, that is of
     * another architecture, or that lies where others than root may write. No program is ever run to find that out.
     */
    binaries: z.record(hostPathField, reasonField).optional().meta(visible),
    /**
     * Devices by their names below `dev`: `null`, `zero`, `full`, `random`, `urandom` and `tty` each with the reason, others
     * with their numbers. A device that is not declared is drift, and is moved away. Refused: devices with which a daemon could
     * leave the jail, and a jail whose file system is mounted `nodev`.
     */
    devices: devicesField.optional().meta(visible),
    /**
     * Mounts of the jail, by their path there: something of the host (read-only unless said otherwise), a tmpfs, or a proc. It is
     * mounted again when the host starts, and a `Wrapper` starts no daemon before. A mount that is missing or has other limits is
     * drift; below a mount nothing is looked at or changed. Refused: a place above which others than root may write.
     */
    mounts: mountsField.optional().meta(visible),
    /**
     * Where programs in the jail send their log lines. A socket without a listener is drift; `pulumi up` sends a line through
     * it and looks where it comes out.
     */
    logSocket: logSocketArgs.optional().meta(visible),
    /**
     * Users and groups that programs in the jail have to find by name: stub lines of `etc/passwd` and `etc/group`, root's and with no
     * hash, and no shell unless one is stated, with the numbers that the host has. When the host renumbers one, that is drift; so is any
     * other line, and any other field. Refused: a user or group that the host does not know, number 0 without `allowRoot`, two
     * names of one number, and a user who can log in so far where `shell` or `home` is not stated.
     */
    accounts: accountsArgs.optional().meta(visible),
    /**
     * Files that are kept equal to the host's, at the same place in the jail and root's, each with the reason: when the host
     * has a newer one, that is drift. Refused: a file that the host does not have.
     */
    hostFiles: hostFilesArgs.optional().meta(visible),
    /** Globs that are left alone, with everything below them, each with the reason. Needed for another jail in this one. */
    exclude: z.record(globField, reasonField).optional().meta(visible),
    /**
     * The treatment of entries that no resource declares, where only root may write (everything below `writable` directories,
     * matched by a rule or excluded is declared). `report` (the default) lists them as findings; `ignore` does not; `prune`
     * makes each of them drift, a directory with everything below it, and `pulumi up` moves them to `.pulumi-chroot` in the
     * root, which only root may enter, and says how to bring each back. After 7 days there the next `pulumi up` removes them.
     * With `prune` a new resource that is declared after an `await`, or at a path that is an Output, comes too late: name its
     * paths in `protect`.
     */
    undeclared: z.enum(["report", "ignore", "prune"]).optional().meta(visible),
    /**
     * Globs that `undeclared: "prune"` never moves, with everything below them, each with the reason. Devices are moved all the
     * same: declare or exclude them.
     */
    protect: z.record(globField, reasonField).optional().meta(visible),
    /**
     * Globs of entries that `undeclared: "prune"` moves, with everything below them, even if a process has one open, mapped or
     * locked, runs it or has bound it as a socket, even if its use cannot be checked, and even if others than root may write
     * there (a mail queue). Each with the reason. Without it such entries stay, and are drift. The working directory or the
     * root of a process always stays.
     */
    pruneAnyway: z.record(globField, reasonField).optional().meta(visible),
    /**
     * Findings that are known and stay, by `id` or `id@path` (`undeclared-entry@var/cache/old`), each with the reason: they are
     * told as accepted, warn no more, and count no more for `failOnStaleProcess`. A place that is not checked is accepted by
     * its path, where only root may write above it. Refusals of `pulumi up` are never accepted. An accepted finding that no
     * longer occurs is told.
     */
    accept: z
      .record(z.string().superRefine(refuseWith(acceptanceProblem)), reasonField)
      .optional()
      .meta(visible),
    /**
     * Take over a directory that exists, is not empty and was not made by this package. Default false: `pulumi preview`
     * shows what would change, `pulumi up` refuses. A root below `/etc` (`/etc/nsd`) always needs it, and everything in it has to
     * belong to root, or to users and groups that the program names.
     */
    adopt: z.boolean().optional().meta(visible),
    /**
     * `project/stack` of a stack that is gone: takes its jail over, with its records. Resources that this program does not
     * declare fall to this Jail.
     */
    takeOverFrom: stackField.optional().meta(visible),
    /**
     * Running processes of a daemon that changes its root itself and that are not as declared (another user than the jail's,
     * root, ways out of the jail) are drift. Default false: they are findings. Where a `Wrapper` starts the daemon, the
     * `Wrapper` has this argument.
     */
    failOnStaleProcess: z.boolean().optional().meta(visible),
    /**
     * The effect that deleting the resource has on the jail. `keep` (the default) leaves it as it is, and its daemon at work.
     * `removeCreated` removes the files that this stack's resources have put there and onto the host where none were before.
     * Files of others in directories that were made with the jail are moved to `.pulumi-chroot` in its root, and files that
     * were there before stay as they are. The jail's mounts are unmounted first. Refused while a process has this root, or
     * something else is mounted in it.
     */
    onDelete: z.enum(["keep", "removeCreated"]).optional().meta(visible),
  })
  .superRefine(({ root, adopt, user, allowRoot }, context) => {
    if (isBelowEtc(root) && adopt !== true)
      context.addIssue({ code: "custom", message: belowEtcProblem, path: ["root"] });
    if (allowRoot === undefined && (user === "root" || /^0+$/.test(user)))
      context.addIssue({ code: "custom", message: rootUserProblem, path: ["user"] });
  });

const belowEtcProblem =
  "is below /etc, a tree of the system: confirm with adopt: true that only the daemon uses this directory";

const rootUserProblem =
  "has the number 0, and root leaves any chroot: name an account of the daemon's own, or say why in allowRoot";

/** Why the host's number for the jail's user cannot be a daemon's. */
export function userProblems({ user, allowRoot }: JailInputs, { uids }: Principals): ArgumentProblem[] {
  return allowRoot === undefined && principalId(user, uids) === 0 ? [{ problem: "jail-user-root", user }] : [];
}

export type JailInputs = z.output<typeof jailArgs>;

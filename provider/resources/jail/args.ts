import { z } from "zod";
import type { ArgumentProblem } from "../../intent/account-problem";
import { connectionArgs } from "../../model/connection";
import { type Principals, principalId } from "../../model/entry";
import { isBelowEtc } from "../../model/path";
import { globField, hostPathField, jailPathField, principalField, reasonField, refuseWith, rootField } from "../fields";
import { visible } from "../visible";
import { acceptanceProblem } from "./accept";
import { accountsArgs } from "./accounts";
import { baselineArgs } from "./baseline";
import { devicesField } from "./devices";
import { hostFilesArgs } from "./host-files";
import { logSocketArgs } from "./log-socket";
import { mountsField } from "./mounts";

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
    /**
     * How to reach the host over SSH.
     * @example connection: { host: "ns1.example.com" }
     */
    connection: connectionArgs,
    /**
     * Absolute path of the jail on the host. `pulumi up` creates missing parent directories, owned by root with mode
     * 0755.
     * @refused `/` and directories of the system, relative paths, `..`; on the host, a parent that is not owned by root
     * or that its group or others may write to (as sshd's ChrootDirectory), unless it has the sticky bit and root owns
     * every directory on the path to the jail; a place in another jail that does not exclude it, and a place that the host's
     * fstab mounts and that is not mounted
     * @example root: "/chroot/named"
     */
    root: rootField.meta(visible),
    /**
     * User that the daemon runs as, by name or number.
     * @refused number 0 without `allowRoot`, as root leaves any chroot
     * @example user: "bind"
     */
    user: principalField.meta(visible),
    /**
     * Why the daemon of this jail is root.
     * @example allowRoot: "the daemon drops root for each session"
     */
    allowRoot: reasonField.optional().meta(visible),
    /**
     * Group that the daemon runs as, by name or number.
     * @example group: "bind"
     */
    group: principalField.meta(visible),
    /**
     * Owner and modes of every regular file and directory that no rule says more about. They never apply to links,
     * devices, sockets and FIFOs.
     * @example baseline: { owner: "root", group: "bind", fileMode: "0640", directoryMode: "0750" }
     */
    baseline: baselineArgs.meta(visible),
    /**
     * Directories that must exist, each with the reason. Their parents are implied. A directory below a `writable` one
     * has its owner and mode.
     * @example directories: { etc: "named.conf and the zones" }
     */
    directories: z.record(jailPathField, reasonField).optional().meta(visible),
    /**
     * Directories in which the daemon may write, each with the reason: `root:<group>` 0770. The daemon's files in them
     * are expected, and their owners and modes are left alone; setuid and setgid bits are still drift.
     * @example writable: { "var/run": "named writes its PID file here" }
     */
    writable: z.record(jailPathField, reasonField).optional().meta(visible),
    /**
     * Programs that a wrapped daemon needs in its jail, as absolute paths of the host, each with the reason. Each comes
     * with its loader and all its libraries, once, owned by root and with the host's own permissions to run them; when the
     * host has newer ones, that is drift. A daemon that changes its root itself needs none. No program is ever run to
     * find its libraries.
     * @refused on the host, a program that it lacks, that is for another architecture, or that lies where anyone other
     * than root may write
     * @example binaries: { "/usr/sbin/named": "the daemon" }
     */
    binaries: z.record(hostPathField, reasonField).optional().meta(visible),
    /**
     * Devices by their names below `dev`: `null`, `zero`, `full`, `random`, `urandom` and `tty` each with the reason, or
     * with the reason and a mode; others with their type and numbers, too. A device that is not declared is drift,
     * and is moved away.
     * @refused every device other than these six, without `allowDangerous`; on the host, a file system that is mounted
     * `nodev`
     * @example devices: { null: "output that nobody reads", urandom: { mode: "0444", reason: "keys" } }
     */
    devices: devicesField.optional().meta(visible),
    /**
     * Mounts of the jail, by their path there: a part of the host (read-only unless said otherwise), a tmpfs, or a
     * proc. It is mounted again when the host starts, and a `Wrapper` starts no daemon before. A mount that is missing
     * or has other limits is drift; below a mount nothing is looked at or changed.
     * @refused on the host, a place below a directory that anyone other than root may write to
     * @example mounts: { tmp: { type: "tmpfs", size: "16m", mode: "1777", reason: "sort runs" } }
     */
    mounts: mountsField.optional().meta(visible),
    /**
     * Where programs in the jail send their log lines. A socket without a listener is drift; `pulumi up` sends a line
     * through it and looks where it comes out.
     * @example logSocket: { from: "journald", reason: "named logs to syslog" }
     */
    logSocket: logSocketArgs.optional().meta(visible),
    /**
     * Users and groups that programs in the jail have to find by name: stub lines of `etc/passwd` and `etc/group`,
     * owned by root and with no hash, and no shell unless one is stated, with the numbers that the host has. When the host
     * renumbers one, that is drift; so is any other line, and any other field.
     * @refused number 0 without `allowRoot`; on the host, a user or group that it does not know, two names with one
     * number, and a user who can log in today, if the program states no `shell` or `home` for them
     * @example accounts: { users: { bind: "it drops its rights by name" } }
     */
    accounts: accountsArgs.optional().meta(visible),
    /**
     * Files that are kept equal to the host's, at the same place in the jail and owned by root, each with the reason: when the
     * host has a newer one, that is drift.
     * @refused on the host, a file that it does not have
     * @example hostFiles: { hosts: "names of its peers" }
     */
    hostFiles: hostFilesArgs.optional().meta(visible),
    /**
     * Globs that are left alone, with everything below them, each with the reason. Needed for another jail in this one.
     * @example exclude: { "srv/upload/**": "another tool owns it" }
     */
    exclude: z.record(globField, reasonField).optional().meta(visible),
    /**
     * The treatment of entries that no resource declares, where only root may write (everything below `writable`
     * directories, matched by a rule or excluded is declared). `report` lists them as findings; `ignore` does not;
     * `prune` makes each of them drift, a directory with everything below it, and `pulumi up` moves them to
     * `.pulumi-chroot` in the root, which only root may enter, and says how to bring each back. After 7 days there the
     * next `pulumi up` removes them. With `prune` a new resource that is declared after an `await`, or at a path that
     * is an Output, comes too late: name its paths in `protect`.
     * @defaultValue `"report"`
     * @example undeclared: "prune"
     */
    undeclared: z.enum(["report", "ignore", "prune"]).optional().meta(visible),
    /**
     * Globs that `undeclared: "prune"` never moves, with everything below them, each with the reason. Devices are moved
     * all the same: declare or exclude them.
     * @example protect: { "etc/local/**": "the admins keep notes there" }
     */
    protect: z.record(globField, reasonField).optional().meta(visible),
    /**
     * Globs of entries that `undeclared: "prune"` moves, with everything below them, even if a process has one open,
     * mapped or locked, runs it or has bound it as a socket, even if its use cannot be checked, and even if anyone
     * other than root may write there (a mail queue). Each with the reason. Without it such entries stay, and are drift. The
     * working directory or the root of a process always stays.
     * @example pruneAnyway: { "var/spool/old/**": "the old queue, which nobody reads" }
     */
    pruneAnyway: z.record(globField, reasonField).optional().meta(visible),
    /**
     * Findings that are known and stay, by `id` or `id@path`, each with the reason: they are shown as accepted, no
     * longer cause a warning, and no longer count for `failOnStaleProcess`. A place that is not checked is accepted by
     * its path, if only root may write above it. The path is that of one entry: a glob has no meaning there. Refusals of `pulumi up` are never accepted. An accepted finding that no
     * longer occurs is reported.
     * @refused ids that do not exist
     * @example accept: { "undeclared-entry@var/cache/old": "the last admin's cache" }
     */
    accept: z
      .record(z.string().superRefine(refuseWith(acceptanceProblem)), reasonField)
      .optional()
      .meta(visible),
    /**
     * Take over a directory that exists, is not empty and was not made by this package. With `false`, `pulumi preview`
     * shows the changes, and `pulumi up` refuses. A root below `/etc` (`/etc/nsd`) always needs it, and everything in
     * it has to belong to root, or to users and groups that the program names.
     * @defaultValue `false`
     * @example adopt: true
     */
    adopt: z.boolean().optional().meta(visible),
    /**
     * `project/stack` of a stack that is gone: takes over its jail and its records, without `adopt`. Paths that the old
     * stack's rules and files declared, and this program does not, are from then on held to this Jail's baseline.
     * @example takeOverFrom: "dns/old-prod"
     */
    takeOverFrom: stackField.optional().meta(visible),
    /**
     * Running processes of a daemon that changes its root itself and that are not as declared (another user than the
     * jail's, root, ways out of the jail) are drift. With `false` they are findings. Where a `Wrapper` starts the
     * daemon, the `Wrapper` has this property.
     * @defaultValue `false`
     * @example failOnStaleProcess: true
     */
    failOnStaleProcess: z.boolean().optional().meta(visible),
    /**
     * The effect that deleting the resource has on the jail. `keep` leaves it as it is, and its daemon at work.
     * `removeCreated` removes the files that this stack's resources have put there and onto the host where none were
     * before. Files of others in directories that were made with the jail are moved to `.pulumi-chroot` in its root,
     * and files that were there before stay as they are. The jail's mounts are unmounted first. The value that the last
     * `pulumi up` has recorded on the host counts: run it between a change of this property and `pulumi destroy`.
     * @defaultValue `"keep"`
     * @refused `removeCreated` on the host while a process has this root, or something else is mounted in it
     * @example onDelete: "removeCreated"
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

import { z } from "zod";
import { connectionArgs } from "../../model/connection";
import {
  absoluteDirectoryMode,
  absoluteFileMode,
  globField,
  hostPathField,
  jailPathField,
  principalField,
  reasonField,
  rootField,
} from "../fields";
import { accountsArgs } from "./accounts";
import { devicesField } from "./devices";
import { hostFilesArgs } from "./host-files";
import { logSocketArgs } from "./log-socket";
import { mountsField } from "./mounts";

/** Owner and modes of everything in a jail that nothing more specific is declared for. */
export const baselineArgs = z.strictObject({
  /** User that owns files and directories, by name or number. Best `root`: the daemon must not own what it only reads. */
  owner: principalField,
  /** Their group, by name or number. */
  group: principalField,
  /** Mode of regular files, absolute: four octal digits (`"0640"`) or symbols (`"u=rw,og=r"`). */
  fileMode: absoluteFileMode,
  /** Mode of directories, absolute: four octal digits (`"0755"`) or symbols (`"u=rwx,og=rx"`). */
  directoryMode: absoluteDirectoryMode,
});

/** A chroot jail on a host: its root, who runs in it, and the baseline of owners and modes that everything in it has. */
export const jailArgs = z.strictObject({
  /** How to reach the host over SSH. */
  connection: connectionArgs,
  /**
   * Absolute path of the jail on the host. Replaces on change. Refused: `/` and directories of the system, relative
   * paths, `..`; on the host, a parent that is not root's or that group or others may write (as sshd's ChrootDirectory), a
   * place in another jail that does not exclude it, and one that the host's fstab mounts and that is not mounted.
   */
  root: rootField,
  /** User that the daemon runs as, by name or number. */
  user: principalField,
  /** Group that the daemon runs as, by name or number. */
  group: principalField,
  /** Owner and modes of every regular file and directory that no rule says more about. Never of links, devices, sockets and FIFOs. */
  baseline: baselineArgs,
  /** Directories that must exist, each with the reason. Their parents are implied; one below a `writable` one is as that is. */
  directories: z.record(jailPathField, reasonField).optional(),
  /**
   * Directories in which the daemon may write, each with the reason: `root:<group>` 0770. What the daemon puts there is
   * expected and its owner and mode are not held; setuid and setgid are still refused.
   */
  writable: z.record(jailPathField, reasonField).optional(),
  /**
   * Programs that a wrapped daemon needs in its jail, as absolute paths of the host, each with the reason. Each comes with its
   * loader and all its libraries, once, root's and with the host's own permissions to run them; when the host has newer ones,
   * that is drift. A daemon that changes its root itself needs none. Refused on the host: what cannot be found, is of another
   * architecture, or lies where others than root may write. Nothing of them is ever run to find that out.
   */
  binaries: z.record(hostPathField, reasonField).optional(),
  /**
   * Devices by their names below `dev`: `null`, `zero`, `full`, `random`, `urandom` and `tty` each with the reason, others with
   * their numbers. A device that is not declared is drift, and is moved away. Refused: those with which a daemon could leave the
   * jail, and a jail whose file system is mounted `nodev`.
   */
  devices: devicesField.optional(),
  /**
   * What is mounted in the jail, by its path there: a directory of the host (read-only unless said otherwise), or a tmpfs. It is
   * mounted again when the host starts, and a `Wrapper` starts no daemon before. A mount that is missing or has other limits is
   * drift; below a mount nothing is looked at or changed. Refused: a place above which others than root may write.
   */
  mounts: mountsField.optional(),
  /**
   * Where programs in the jail send their log lines. That nobody listens there is drift; `pulumi up` sends a line through it and looks
   * where it comes out.
   */
  logSocket: logSocketArgs.optional(),
  /**
   * Users and groups that programs in the jail have to find by name: stub lines of `etc/passwd` and `etc/group`, root's and with no
   * hash and no shell, with the numbers that the host has. When the host renumbers one, that is drift. Refused: a user or group
   * that the host does not know, number 0 without `allowRoot`, and two names of one number.
   */
  accounts: accountsArgs.optional(),
  /**
   * Files that are kept equal to the host's, at the same place in the jail and root's, each with the reason: when the host has a
   * newer one, that is drift. Refused: one that the host does not have.
   */
  hostFiles: hostFilesArgs.optional(),
  /** Globs that are left alone, with everything below them, each with the reason. Needed for another jail in this one. */
  exclude: z.record(globField, reasonField).optional(),
  /**
   * What is done about entries that no resource declares, where only root may write (what is below `writable` directories, what
   * a rule matches and what is excluded is declared). `report` (the default) lists them as findings; `ignore` does not; `prune`
   * makes each of them drift, a directory with all that is below it, and `pulumi up` moves them to `.pulumi-chroot` in the root,
   * which only root may enter, and says how to bring each back. After 7 days there the next `pulumi up` removes them. With `prune`
   * a resource that is declared after an `await`, or at a path that is an Output, comes too late when it is new: name what is its in `protect`.
   */
  undeclared: z.enum(["report", "ignore", "prune"]).optional(),
  /**
   * Globs that `undeclared: "prune"` never moves, with everything below them, each with the reason. Devices are moved all the
   * same: declare or exclude them.
   */
  protect: z.record(globField, reasonField).optional(),
  /**
   * Take over a directory that exists, is not empty and was not made by this package. Default false: `pulumi preview`
   * shows what would change, `pulumi up` refuses.
   */
  adopt: z.boolean().optional(),
  /**
   * Running processes of a daemon that changes its root itself and that are not as declared (another user than the jail's, root,
   * ways out of the jail) are drift. Default false: they are findings. Where a `Wrapper` starts the daemon, that has it.
   */
  failOnStaleProcess: z.boolean().optional(),
  /**
   * What deleting the resource does to the jail. `keep` (the default) leaves it as it is, and its daemon at work.
   * `removeCreated` removes what this stack's resources have put there and onto the host where nothing was before; what others
   * have put into directories that were made with the jail is moved to `.pulumi-chroot` in its root, and what was there before
   * stays as it is; what the jail has mounted is unmounted first. Refused while a process has this root, or something else is
   * mounted in it.
   */
  onDelete: z.enum(["keep", "removeCreated"]).optional(),
});

export type JailInputs = z.output<typeof jailArgs>;

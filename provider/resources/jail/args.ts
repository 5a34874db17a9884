import { z } from "zod";
import { connectionArgs } from "../../model/connection";
import {
  absoluteDirectoryMode,
  absoluteFileMode,
  globField,
  jailPathField,
  principalField,
  reasonField,
  rootField,
} from "../fields";

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
   * paths, `..`; on the host, a parent that is not root's or that group or others may write (as sshd's ChrootDirectory).
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
  /** Globs that are left alone, with everything below them, each with the reason. */
  exclude: z.record(globField, reasonField).optional(),
  /**
   * Take over a directory that exists, is not empty and was not made by this package. Default false: `pulumi preview`
   * shows what would change, `pulumi up` refuses.
   */
  adopt: z.boolean().optional(),
  /** What deleting the resource does to the jail's files. `keep` (the default) leaves them as they are. */
  onDelete: z.enum(["keep"]).optional(),
});

export type JailInputs = z.output<typeof jailArgs>;

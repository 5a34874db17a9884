import { z } from "zod";
import { keptCapabilityProblem } from "../../model/kept-capability";
import { environmentNameProblem } from "../../model/launch";
import { hostPathProblem, lineProblem } from "../../model/path";
import { commandField, principalField, reasonField, refuseWith } from "../fields";
import { jailReferenceArgs } from "../jail-reference";
import { visible } from "../visible";

const argumentField = z.string().superRefine(refuseWith(lineProblem));

/** The daemon's account, which is never root. */
const daemonField = principalField.superRefine(
  refuseWith((name) =>
    name === "root" || /^0+$/.test(name)
      ? "is root, which no jail holds: name an account of the daemon's own"
      : undefined,
  ),
);

const umaskField = z.string().superRefine(
  refuseWith((text) => {
    if (!/^0[0-7]{3}$/.test(text)) return `"${text}" is not a umask: write four octal digits, such as "0027"`;
    return (Number.parseInt(text, 8) & 0o002) === 0
      ? `"${text}" lets every user write the daemon's files: write "0002" or more, such as "0027"`
      : undefined;
  }),
);

/** A number of the engine's that a 32-bit integer need not hold. */
const bytesField = (least: number) =>
  z
    .number()
    .min(least)
    .max(Number.MAX_SAFE_INTEGER)
    .superRefine((value, context) => {
      if (!Number.isInteger(value)) context.addIssue({ code: "custom", message: "is no whole number of bytes" });
    });

/**
 * Limits of the daemon's processes (setrlimit(2)), soft and hard alike; the daemon inherits the other limits from its starter.
 */
export const limitsArgs = z.strictObject({
  /** Open descriptors of one process, and one more than the highest: 16 or more, as starting needs some. */
  nofile: z.number().int().min(16).max(1_048_576).optional(),
  /** Processes and threads of the daemon's user on the whole host, in the jail or not. */
  nproc: z.number().int().min(1).max(4_194_304).optional(),
  /** Bytes of a core dump. Default 0: none, as it holds the daemon's secrets and is written by the host. */
  core: bytesField(0).optional(),
  /** Bytes of address space of one process: 16 MiB or more, as starting needs some. */
  as: bytesField(16 * 1024 * 1024).optional(),
  /** Bytes of the longest file that the daemon may write. */
  fsize: bytesField(0).optional(),
});

/** A daemon's launcher: a script or a systemd unit on the host that starts it in its jail and gives up root on the way. */
export const wrapperArgs = z
  .strictObject({
    /** The jail of the daemon: a `Jail`, or `{connection, root}` of a jail that is declared elsewhere. */
    jail: jailReferenceArgs,
    /**
     * Absolute path of the launcher on the host, outside every jail: `/usr/local/sbin/named-jail`; with kind `systemd` the
     * unit, `/etc/systemd/system/named-jail.service`. Replaces on change.
     */
    path: z.string().superRefine(refuseWith(hostPathProblem)).meta(visible),
    /**
     * Program and arguments as seen in the jail, the program by its absolute path. It has to stay in the foreground:
     * `["/usr/sbin/named", "-f"]`. No shell reads them; anybody on the host may.
     */
    command: z.array(argumentField).min(1).meta(visible),
    /** User that the daemon runs as, by name or number of the host. Default: the jail's. Never root. */
    user: daemonField.optional().meta(visible),
    /** Group that the daemon runs as, by name or number of the host. Default: the jail's. Never root's. */
    group: daemonField.optional().meta(visible),
    /** Further groups of the daemon, by name or number of the host: these and no others, whatever the jail's files say. Default none. */
    supplementaryGroups: z.array(daemonField).optional().meta(visible),
    /**
     * The daemon's environment beside `PATH` (`/usr/bin:/bin`) and `LANG` (`C.UTF-8`), which it may replace; nothing is
     * inherited. Refused: `LD_*` and others that change which code is loaded. No place for secrets: anybody on the host may
     * read what starts the daemon.
     */
    environment: z
      .record(z.string().superRefine(refuseWith(environmentNameProblem)), argumentField)
      .optional()
      .meta(visible),
    /**
     * Mode bits that the daemon's new files do not get, four octal digits. Default `0027`. Refused: a umask that lets everybody
     * write.
     */
    umask: umaskField.optional().meta(visible),
    /** Limits of the daemon's processes. */
    limits: limitsArgs.optional().meta(visible),
    /**
     * Capabilities that the daemon keeps when it gives up root (capabilities(7)), by name without `cap_`, each with the reason:
     * `net_bind_service`. Refused: capabilities that are as good as root, such as `sys_admin`. Default none.
     */
    capabilities: z
      .record(z.string().superRefine(refuseWith(keptCapabilityProblem)), reasonField)
      .optional()
      .meta(visible),
    /**
     * The form of the launcher: `script` (the default), POSIX sh that needs setpriv and prlimit of util-linux and chroot of GNU
     * coreutils; or `systemd`, a unit, which confines the daemon further. A host that cannot do it is refused.
     */
    kind: z.enum(["script", "systemd"]).optional().meta(visible),
    /** Command that is run on the host after a change, as root: `["systemctl", "restart", "named-jail"]`. Default none. */
    restart: commandField.optional(),
    /**
     * Running processes of the jail that are not as declared here are drift, which only their restart repairs. Default
     * false: they are findings.
     */
    failOnStaleProcess: z.boolean().optional().meta(visible),
    /** Why the daemon is started in this way. Required; the launcher shows it. */
    reason: reasonField.meta(visible),
  })
  .superRefine(({ jail, path, command: [program], kind }, context) => {
    const refuse = (key: (string | number)[], message: string | undefined) => {
      if (message !== undefined) context.addIssue({ code: "custom", path: key, message });
    };
    if (program === undefined) return;
    refuse(["command", 0], hostPathProblem(program)?.replace("on the host", "in the jail"));
    if (path === jail.root || path.startsWith(`${jail.root}/`))
      refuse(["path"], "is in the jail: root runs it, so it must be in a place that the daemon cannot reach");
    if (kind !== "systemd") return;
    if (!/^\/etc\/systemd\/system\/[A-Za-z0-9:_.-]+\.service$/.test(path))
      refuse(["path"], `"${path}" is no unit: write /etc/systemd/system/<name>.service`);
    if (program.includes("$")) refuse(["command", 0], `systemd cannot start a program with "$" in its path`);
  });

export type WrapperInputs = z.output<typeof wrapperArgs>;

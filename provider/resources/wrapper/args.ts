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
  /**
   * Open descriptors of one process, and one more than the highest. Starting a program needs 16.
   * @defaultValue inherited
   * @unit descriptors
   * @example nofile: 4096
   */
  nofile: z.number().int().min(16).max(1_048_576).optional(),
  /**
   * Processes and threads of the daemon's user on the whole host, in the jail or not.
   * @defaultValue inherited
   * @unit processes
   * @example nproc: 64
   */
  nproc: z.number().int().min(1).max(4_194_304).optional(),
  /**
   * Size of a core dump. A dump holds the daemon's secrets and is written by the host.
   * @defaultValue `0`: none
   * @unit bytes
   * @example core: 0
   */
  core: bytesField(0).optional(),
  /**
   * Address space of one process. Starting a program needs 16 MiB.
   * @defaultValue inherited
   * @unit bytes
   * @example as: 2 * 1024 ** 3
   */
  as: bytesField(16 * 1024 * 1024).optional(),
  /**
   * Size of the longest file that the daemon may write.
   * @defaultValue inherited
   * @unit bytes
   * @example fsize: 100 * 1024 ** 2
   */
  fsize: bytesField(0).optional(),
});

/** A daemon's launcher: a script or a systemd unit on the host that starts it in its jail and gives up root on the way. */
export const wrapperArgs = z
  .strictObject({
    /**
     * The jail of the daemon: a `Jail`, or `{connection, root}` of a jail that is declared elsewhere.
     * @example jail: named
     */
    jail: jailReferenceArgs,
    /**
     * Absolute path of the launcher on the host; with kind `systemd` the unit,
     * `/etc/systemd/system/named-jail.service`.
     * @refused a place in a jail; on the host, one that anyone other than root may change
     * @example path: "/usr/local/sbin/named-jail"
     */
    path: z.string().superRefine(refuseWith(hostPathProblem)).meta(visible),
    /**
     * Program and arguments as seen in the jail, the program by its absolute path. It has to stay in the foreground. No
     * shell reads them; anybody on the host may.
     * @example command: ["/usr/sbin/named", "-f"]
     */
    command: z.array(argumentField).min(1).meta(visible),
    /**
     * User that the daemon runs as, by name or number of the host.
     * @defaultValue the jail's
     * @refused root
     * @example user: "bind"
     */
    user: daemonField.optional().meta(visible),
    /**
     * Group that the daemon runs as, by name or number of the host.
     * @defaultValue the jail's
     * @refused the group of root
     * @example group: "bind"
     */
    group: daemonField.optional().meta(visible),
    /**
     * Further groups of the daemon, by name or number of the host: these and no others, whatever the jail's files say.
     * @defaultValue none
     * @refused the group of root
     * @example supplementaryGroups: ["ssl-cert"]
     */
    supplementaryGroups: z.array(daemonField).optional().meta(visible),
    /**
     * The daemon's environment beside `PATH` (`/usr/bin:/bin`) and `LANG` (`C.UTF-8`), which it may replace; nothing is
     * inherited. It is no place for secrets: anybody on the host may read what starts the daemon.
     * @defaultValue none
     * @refused `LD_*` and others that change which code is loaded
     * @example environment: { TZ: "UTC" }
     */
    environment: z
      .record(z.string().superRefine(refuseWith(environmentNameProblem)), argumentField)
      .optional()
      .meta(visible),
    /**
     * Mode bits that the daemon's new files do not get, as four octal digits.
     * @defaultValue `"0027"`
     * @refused a umask that lets everybody write
     * @example umask: "0077"
     */
    umask: umaskField.optional().meta(visible),
    /**
     * Limits of the daemon's processes.
     * @example limits: { nofile: 4096 }
     */
    limits: limitsArgs.optional().meta(visible),
    /**
     * Capabilities that the daemon keeps when it gives up root (capabilities(7)), by name without `cap_`, each with the
     * reason.
     * @defaultValue none
     * @refused capabilities that are as good as root, such as `sys_admin`
     * @example capabilities: { net_bind_service: "port 53" }
     */
    capabilities: z
      .record(z.string().superRefine(refuseWith(keptCapabilityProblem)), reasonField)
      .optional()
      .meta(visible),
    /**
     * The form of the launcher: `script` is POSIX sh and needs setpriv and prlimit of util-linux, chroot of GNU
     * coreutils, and keyctl or e4crypt; `systemd` is a unit, which confines the daemon further.
     * @defaultValue `"script"`
     * @refused on the host, a form that it cannot run safely
     * @example kind: "systemd"
     */
    kind: z.enum(["script", "systemd"]).optional().meta(visible),
    /**
     * Command that is run on the host after the launcher was written or changed, as root, without a shell.
     * @defaultValue none
     * @example restart: ["systemctl", "restart", "named-jail"]
     */
    restart: commandField.optional(),
    /**
     * Running processes of the jail that are not as declared here are drift, which only their restart repairs. With
     * `false` they are findings.
     * @defaultValue `false`
     * @example failOnStaleProcess: true
     */
    failOnStaleProcess: z.boolean().optional().meta(visible),
    /**
     * Why the daemon is started in this way. The launcher shows it.
     * @refused a blank
     * @example reason: "named has to drop root before it reads a packet"
     */
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

import { z } from "zod";
import type { Claim } from "../../intent/claim";
import type { MountClaim } from "../../intent/mount-claim";
import type { Owner } from "../../intent/owner";
import { providedClaim } from "../../intent/provided-claim";
import { bytesOf } from "../../model/bytes";
import { journalSocket } from "../../model/mount";
import { hostPathProblem } from "../../model/path";
import { filePathField, hostPathField, reasonField, refuseWith } from "../fields";

/** Where programs in a jail send their log lines: a datagram socket whose other end the host has. */
export const logSocketArgs = z.strictObject({
  /**
   * The listener. `journald`: its socket is bound in the jail. `syslog`: the host's rsyslog makes a socket of its own
   * in the jail, again at each restart; needs `/etc/rsyslog.d`. An absolute path: that datagram socket of the host is
   * bound. A restart of its listener leaves a dead socket, which is drift; after a restart of the host `pulumi up`
   * binds it again.
   * @refused on the host, a path that is no datagram socket, is a link, or lies where anyone other than root may
   * write
   * @example from: "journald"
   */
  from: z.string().superRefine(refuseWith(fromProblem)),
  /**
   * Path in the jail. The C library looks at `dev/log`.
   * @defaultValue `"dev/log"`
   * @refused on the host, a path below a directory that anyone other than root may write to
   * @example path: "dev/log"
   */
  path: filePathField.optional(),
  /**
   * Absolute path of the host's file that the lines come to. `pulumi up` sends a line through the socket, and fails if
   * it does not find it there within 5 seconds.
   * @defaultValue the journal, syslogd's memory, and the usual files of `/var/log`
   * @example foundIn: "/var/log/named.log"
   */
  foundIn: hostPathField.optional(),
  /**
   * Why the jail needs it.
   * @refused a blank
   * @example reason: "named logs to syslog"
   */
  reason: reasonField,
});

export type LogSocket = z.output<typeof logSocketArgs>;

function fromProblem(from: string): string | undefined {
  if (from === "journald" || from === "syslog") return undefined;
  if (!from.startsWith("/")) return `"${from}" is not journald, syslog or the absolute path of a socket of the host`;
  return from === journalSocket ? 'is the journal\'s socket: write "journald"' : hostPathProblem(from);
}

export function logPath({ path = "dev/log" }: LogSocket): string {
  return path;
}

/**
 * The socket of the host that is bound in the jail, if any. Sending to a socket is neither writing nor running a file, so the
 * mount forbids both.
 */
export function logMount(socket: LogSocket | undefined, by: Owner): MountClaim | undefined {
  if (!socket || socket.from === "syslog") return undefined;
  const source = bytesOf(socket.from === "journald" ? journalSocket : socket.from);
  const is = { type: "bind", shows: "socket", source, readOnly: true, exec: false } as const;
  return { by, reason: socket.reason, at: bytesOf(logPath(socket)), is };
}

/** The directories above it have to be there. A bound socket's mount point is a file of root's. */
export function logClaims(socket: LogSocket | undefined, by: Owner): Claim[] {
  return socket ? [providedClaim(bytesOf(logPath(socket)), 0o444, socket.reason, by)] : [];
}

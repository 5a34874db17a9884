import { z } from "zod";
import type { Claim, Owner } from "../../intent/claim";
import type { MountClaim } from "../../intent/mount-claim";
import { bytesOf } from "../../model/bytes";
import { hostPathProblem } from "../../model/path";
import { filePathField, hostPathField, reasonField, refuseWith } from "../fields";
import { providedClaim } from "./provided";

/** Where programs in a jail send their log lines: a datagram socket whose other end the host has. */
export const logSocketArgs = z.strictObject({
  /**
   * Who listens. `journald`: its socket is bound in the jail. `syslog`: the host's rsyslog makes one of its own in the jail, which it
   * makes again with each restart; needs `/etc/rsyslog.d`. An absolute path: that datagram socket of the host is bound. After a restart of
   * whoever listens there it is a dead one, which is drift, and after one of the host `pulumi up` binds it again. Refused: what is no
   * datagram socket, is a link, or lies where others than root may write.
   */
  from: z.string().superRefine(refuseWith(fromProblem)),
  /** Path in the jail. Default `dev/log`, where the C library looks. Refused: one above which others than root may write. */
  path: filePathField.optional(),
  /**
   * Absolute path of the host's file that the lines come to. Default: the journal, syslogd's memory, and the usual files of `/var/log`.
   * `pulumi up` sends a line through the socket, and fails where it does not find it within 5 s.
   */
  foundIn: hostPathField.optional(),
  /** Why the jail needs it. */
  reason: reasonField,
});

export type LogSocket = z.output<typeof logSocketArgs>;

/** What systemd keeps open while journald is restarted. */
export const journalSocket = "/run/systemd/journal/dev-log";

function fromProblem(from: string): string | undefined {
  if (from === "journald" || from === "syslog") return undefined;
  if (!from.startsWith("/")) return `"${from}" is not journald, syslog or the absolute path of a socket of the host`;
  return from === journalSocket ? 'is the journal\'s socket: write "journald"' : hostPathProblem(from);
}

export function logPath({ path = "dev/log" }: LogSocket): string {
  return path;
}

/** The socket of the host that is bound in the jail, where one is. Nothing is written in it, nor run from it: to be sent to is neither. */
export function logMounts(socket: LogSocket | undefined, by: Owner): MountClaim[] {
  if (!socket || socket.from === "syslog") return [];
  const source = bytesOf(socket.from === "journald" ? journalSocket : socket.from);
  const is = { type: "bind", shows: "socket", source, readOnly: true, exec: false } as const;
  return [{ by, reason: socket.reason, at: bytesOf(logPath(socket)), is }];
}

/** The directories above it have to be there. What a socket is bound on is a file of root's. */
export function logClaims(socket: LogSocket | undefined, by: Owner): Claim[] {
  return socket ? [providedClaim(bytesOf(logPath(socket)), 0o444, socket.reason, by)] : [];
}

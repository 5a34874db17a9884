import type { Server } from "../model/connection";

/** The longest that a timer can be, 24 days. */
const endless = 2 ** 31 - 1;

/** The remedy for a host that does not answer in time. */
export const allowMoreTime = "look at the host, or give it more time with connection.perDialTimeout";

/** Milliseconds that a host may be silent. Default 15 s, and 0 is without end, as in @pulumi/command. */
export function silenceLimit({ perDialTimeout = 15 }: Server): number {
  return perDialTimeout === 0 ? endless : perDialTimeout * 1000;
}

/** Milliseconds that a person has to approve a login: two minutes by default, sshd's own limit for a login (LoginGraceTime). */
export function approvalLimit(limit: number): number {
  return Math.min(limit * 8, endless);
}

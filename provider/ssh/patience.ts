import type { Server } from "../model/connection";

/** What to do about a host that does not answer in time. */
export const moreTime = "look at the host, or give it more time with connection.perDialTimeout";

/** The longest that a timer can be, 24 days. */
const endless = 2 ** 31 - 1;

/** Milliseconds that a host may be silent. Default 15 s, and 0 is without end, as in @pulumi/command. */
export function timeoutOf({ perDialTimeout = 15 }: Server): number {
  return perDialTimeout === 0 ? endless : perDialTimeout * 1000;
}

/** A refused channel or a connection that sshd dropped at its door (MaxStartups) is tried again this often. */
export const retries = 3;

/** Waits before the next attempt, longer each time, and never as long as somebody else. */
export async function pause(attempt: number): Promise<void> {
  const jitter = 100 * 2 ** attempt * (0.5 + Math.random());
  await new Promise((resolve) => setTimeout(resolve, jitter));
}

/** How often to retry a refused channel, or a connection that sshd dropped before the login (MaxStartups). */
export const retries = 3;

/** Waits before the next attempt: longer each time, with a random part, so that clients do not retry in step. */
export async function backOff(attempt: number): Promise<void> {
  const jitter = 100 * 2 ** attempt * (0.5 + Math.random());
  await new Promise((resolve) => setTimeout(resolve, jitter));
}

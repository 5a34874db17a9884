import { ChrootError } from "../errors";
import { Limiter } from "./limiter";
import type { Hop } from "./route";

/** sshd by default allows ten clients that have not logged in yet (MaxStartups), from all machines together. */
const loginLimit = 8;

/** Limits the concurrent logins at one address, for all hosts there: many hosts may be behind one jump host. */
export class LoginGate {
  readonly #limiters = new Map<string, Limiter>();

  async through<T>({ address, server }: Hop, login: () => Promise<T>): Promise<T> {
    const gate = `${address}:${server.port}`;
    const limiter = this.#limiters.get(gate) ?? new Limiter(loginLimit);
    this.#limiters.set(gate, limiter);
    await limiter.acquire();
    try {
      return await login();
    } catch (error) {
      if (error instanceof ChrootError && error.code === "dropped") limiter.narrow();
      throw error;
    } finally {
      limiter.release();
    }
  }
}

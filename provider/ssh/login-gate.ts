import { ChrootError } from "../errors";
import { Limiter } from "./limiter";
import type { Hop } from "./route";

/** sshd by default allows ten clients that have not logged in yet (MaxStartups), from all machines together. */
const loginLimit = 8;
/** One thread does the cryptography of all logins: of a thousand at once, hundreds would outlast their time limit. */
const limitOfAll = 64;

/** Limits the concurrent logins: at one address, for all hosts there, as many hosts may be behind one jump host; and in all. */
export class LoginGate {
  readonly #all = new Limiter(limitOfAll);
  readonly #limiters = new Map<string, Limiter>();

  async through<T>({ address, server }: Hop, login: () => Promise<T>): Promise<T> {
    const gate = `${address}:${server.port}`;
    const limiter = this.#limiters.get(gate) ?? new Limiter(loginLimit);
    this.#limiters.set(gate, limiter);
    await limiter.acquire();
    await this.#all.acquire();
    try {
      return await login();
    } catch (error) {
      if (error instanceof ChrootError && error.code === "dropped") limiter.narrow();
      throw error;
    } finally {
      this.#all.release();
      limiter.release();
    }
  }
}

import { readFileSync } from "node:fs";
import { OpenSSHAgent, type ParsedKey, utils } from "ssh2";

/**
 * An agent whose keys are tried in the order of the files that are named, as ssh does: sshd counts those that it does not accept.
 * With `only` there are no others.
 */
export function agentWith(socket: string, files: readonly string[], only: boolean): OpenSSHAgent {
  return new NamedKeys(socket, files.flatMap(publicHalfOf), only);
}

class NamedKeys extends OpenSSHAgent {
  readonly #named: readonly Buffer[];
  readonly #only: boolean;

  constructor(socket: string, named: readonly Buffer[], only: boolean) {
    super(socket);
    this.#named = named;
    this.#only = only;
  }

  override getIdentities(callback: Parameters<OpenSSHAgent["getIdentities"]>[0]): void {
    super.getIdentities((error, keys) => {
      if (error || !keys) {
        callback(error);
        return;
      }
      const parsed = keys as ParsedKey[];
      const rank = (key: ParsedKey) => this.#named.findIndex((named) => named.equals(key.getPublicSSH()));
      const named = parsed.filter((key) => rank(key) >= 0).sort((one, other) => rank(one) - rank(other));
      callback(undefined, this.#only ? named : [...named, ...parsed.filter((key) => rank(key) < 0)]);
    });
  }
}

/** From the file beside a key, which is in the clear; else from the key itself. */
function publicHalfOf(file: string): Buffer[] {
  for (const path of [`${file}.pub`, file])
    try {
      const key = utils.parseKey(readFileSync(path));
      if (!(key instanceof Error)) return [(Array.isArray(key) ? key[0] : key).getPublicSSH()];
    } catch {
      // The other one may be there.
    }
  return [];
}

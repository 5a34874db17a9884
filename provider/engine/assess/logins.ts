import type { Use } from "../../agent/channel/lease";
import { loginsOf } from "../../agent/requests/files";
import { type Finding, finding } from "../../intent/finding";
import type { Merged } from "../../intent/merge";
import { declarationOf } from "../../intent/registry-record";
import type { Bytes } from "../../model/bytes";
import type { Observation } from "../../observe/observation";
import { loginProblems } from "../../plan/checks/logins";
import { kinds } from "../../resources/kinds";

/** Bytes of a text that the host tells at most. */
const longestText = 65_536;

/** How the users of a jail log in before the Jail declares them; asked for once for each passwd. */
export class KnownLogins {
  /** By inode; undefined where it cannot be read. */
  readonly #texts = new Map<string, Bytes | undefined>();

  /** Why a jail's users would be locked out. `passwd` is the path of the jail's user names. */
  async refusals({ jail }: Merged, { entries, records }: Observation, passwd: Bytes, use: Use): Promise<Finding[]> {
    const live = entries.get(passwd);
    if (!jail || live?.type !== "file" || live.size === 0) return [];
    const declared = records.flatMap((record) => kinds.get(record.kind)?.jailIntent?.(declarationOf(record)) ?? []);
    const known = new Set(declared.flatMap(({ users }) => Object.keys(users)));
    // Without a readable passwd every new user with a missing field is refused.
    if (loginProblems(jail.intent, known, undefined).length === 0) return [];
    if (!this.#texts.has(live.inode)) {
      const isWhole = (live.size ?? 0) <= longestText;
      this.#texts.set(live.inode, isWhole ? await use((agent) => loginsOf(agent, passwd)) : undefined);
    }
    return loginProblems(jail.intent, known, this.#texts.get(live.inode)).map((problem) =>
      finding("login-lost", problem, { by: jail.owner }),
    );
  }
}

import type { AnyAuthMethod, AuthenticationType, NextAuthHandler } from "ssh2";
import { bytesOf, showRemote } from "../model/bytes";
import type { Identity } from "./identity";

/** The methods of a login, one after the other. */
export class LoginMethods {
  readonly #left: AnyAuthMethod[];
  #tried: string | undefined;
  /** The methods that the host wants besides the accepted one. */
  wanted: readonly string[] | undefined;

  constructor(methods: readonly AnyAuthMethod[]) {
    this.#left = [...methods];
  }

  /**
   * sshd counts every method that fails. So a method that sshd does not accept is skipped, and a password that was refused is not
   * tried a second time in another form.
   */
  readonly next = (accepted: AuthenticationType[] | null, partial: boolean | null, next: NextAuthHandler): void => {
    if (partial === true) this.wanted = accepted ?? [];
    for (let method = this.#left.shift(); method; method = this.#left.shift()) {
      const kind = method.type === "agent" ? "publickey" : method.type;
      const isAccepted = accepted === null || accepted.some((type) => type === kind);
      const isSame = kind === "keyboard-interactive" && this.#tried === "password" && accepted?.includes("password");
      if (!isAccepted || isSame) continue;
      this.#tried = kind;
      next(method);
      return;
    }
    next(false as unknown as AnyAuthMethod);
  };
}

const secondFactor =
  "exempt this account from the second factor (AuthenticationMethods in a Match block of its sshd_config), or log in with an account that has none";

/** The reason for a refused login, the remedy, and whether the host alone could decide otherwise later. */
export function loginFailure(
  { tried, ring, questions }: Identity,
  { wanted }: LoginMethods,
): { why: string; remedy: string; isHosts?: true } {
  const [question] = questions;
  if (question !== undefined)
    return {
      why: `it asks "${showRemote(bytesOf(question.trim()))}", and the provider cannot answer`,
      remedy: secondFactor,
    };
  if (wanted !== undefined)
    return { why: `it accepts ${tried[0]}, and wants more than that (${wanted.join(", ")})`, remedy: secondFactor };
  if (ring?.unsigned)
    return { remedy: "put the key into an SSH agent (ssh-add), or use another one", ...ring.unsigned };
  if (ring?.signed !== undefined)
    return { why: `it accepts ${ring.signed}, and wants more than a key`, remedy: secondFactor };
  const notes = ring?.notes ?? [];
  const remedies = [...new Set(notes.flatMap(({ remedy }) => remedy ?? []))];
  const because = notes.map(({ why }) => why).join("; ");
  if (ring?.offered === 0)
    return {
      why: `there is no key to log in with${because === "" ? "" : `: ${because}`}`,
      remedy: [...remedies, "or set connection.privateKey"].join("; "),
    };
  return {
    why: `it does not accept ${tried.join(" or ")}${because === "" ? "" : ` (${because})`}`,
    remedy: notAccepted,
    isHosts: true,
  };
}

export const notAccepted =
  "put the public key into the account's authorized_keys there (certificates are not supported), or log in with another key; sshd stops after MaxAuthTries keys of an agent: name the right one (IdentityFile)";

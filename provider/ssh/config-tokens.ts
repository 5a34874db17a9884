import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { isIPv4, isIPv6 } from "node:net";
import { homedir, hostname, userInfo } from "node:os";
import { ConfigError } from "./config-error";

/** The connection that tokens refer to, as far as it is known. */
export interface Named {
  /** The address that is dialled, and the name that was given. */
  readonly host: string;
  readonly original: string;
  readonly user: string;
  readonly port: string;
  /** Name in known_hosts, where one is stated. */
  readonly alias?: string | undefined;
  /** The stated ProxyJump, unless it is `none`. */
  readonly jump?: string | undefined;
}

/** As in ssh: a name in lower case, an address in its shortest form. */
export function canonicalAddress(host: string): string {
  const [, address = "", zone = ""] = /^([^%]*)(%.*)?$/s.exec(host) ?? [];
  if (isIPv4(host) || !isIPv6(address)) return host.toLowerCase();
  return new URL(`http://[${address}]`).hostname.slice(1, -1) + zone;
}

export type Tokens = Readonly<Record<string, string>>;

/** The tokens of ssh_config(5) for this machine and the connection. */
export function tokensOf({ host, original, user, port, alias = original, jump = "" }: Named): Tokens {
  const { username, uid } = userInfo();
  const here = hostname();
  const C = createHash("sha1").update(`${here}${host}${port}${user}${jump}`).digest("hex");
  const L = here.replace(/\..*$/s, "");
  return {
    C,
    L,
    d: homedir(),
    h: host,
    i: String(uid),
    j: jump,
    k: alias,
    l: here,
    n: original,
    p: port,
    r: user,
    u: username,
  };
}

/** Replaces tokens such as `%h`. */
export function expandTokens(text: string, tokens: Tokens): string {
  return text.replace(/%(.?)/gs, (_, name: string) => {
    const value = name === "%" ? "%" : tokens[name];
    if (value === undefined) throw new ConfigError(`the token %${name} in ${text} is not known here`);
    return value;
  });
}

/** Also replaces variables of the environment, as `${NAME}`; an inserted value is not expanded again. */
export function expandTokensAndVariables(text: string, tokens: Tokens): string {
  const parts = text.split(/(\$\{[^}]*\})/);
  return parts
    .map((part) => {
      const name = /^\$\{([^}]*)\}$/.exec(part)?.[1];
      if (name === undefined) return expandTokens(part, tokens);
      const value = process.env[name];
      if (value === undefined) throw new ConfigError(`the environment has no ${name}, which ${text} needs`);
      return value;
    })
    .join("");
}

/** `~`, `~/…` and `~user/…`, as in a shell. */
export function expandHome(path: string): string {
  const [, user, rest = ""] = /^~([^/]*)(.*)$/s.exec(path) ?? [];
  if (user === undefined) return path;
  if (user === "") return homedir() + rest;
  const line = accounts().find((account) => account.startsWith(`${user}:`));
  const home = line?.split(":")[5];
  if (!home)
    throw new ConfigError(`${path} is in the home of ${user}, and /etc/passwd has no such user: write the whole path`);
  return home + rest;
}

function accounts(): string[] {
  try {
    return readFileSync("/etc/passwd", "utf8").split("\n");
  } catch {
    return [];
  }
}

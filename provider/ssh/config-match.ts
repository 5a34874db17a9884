import { spawnSync } from "node:child_process";
import { homedir, userInfo } from "node:os";
import { matchesAny } from "./patterns";
import { expand } from "./tokens";

/** What the criteria of a `Match` line are held against. */
export interface Criteria {
  /** The address that is known so far, and the name that was given. */
  readonly host: string;
  readonly original: string;
  readonly user: string;
  readonly port: string;
  /** The files are read for the second time. */
  readonly isFinal: boolean;
}

/**
 * Whether all criteria of a `Match` line hold (ssh_config(5)). Throws for one that cannot be told here: to take it for false
 * might lose the line that makes a connection safe.
 */
export function isMatch(words: readonly string[], known: Criteria): { matches: boolean; wantsFinal: boolean } {
  let matches = true;
  let wantsFinal = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const isNegated = word.startsWith("!");
    const name = (isNegated ? word.slice(1) : word).toLowerCase();
    let holds: boolean;
    if (name === "all") holds = true;
    else if (name === "final") {
      holds = known.isFinal;
      wantsFinal = true;
    } else if (name === "canonical") holds = false;
    else {
      at++;
      // As ssh: what decides nothing any more is not run.
      holds = matches && criterion(name, words[at] ?? "", known);
    }
    if (holds === isNegated) matches = false;
  }
  return { matches, wantsFinal };
}

function criterion(name: string, value: string, known: Criteria): boolean {
  const patterns = value.split(",");
  switch (name) {
    case "host":
      return matchesAny(patterns, known.host);
    case "originalhost":
      return matchesAny(patterns, known.original);
    case "user":
      return matchesAny(patterns, known.user);
    case "localuser":
      return matchesAny(patterns, userInfo().username);
    case "exec":
      return succeeds(expand(value, tokensOf(known)));
    default:
      throw new Error(`Match ${name} cannot be told here: use another criterion, or set connection.sshConfig to false`);
  }
}

export function tokensOf({ host, original, user, port }: Omit<Criteria, "isFinal">): Record<string, string> {
  const { username, uid } = userInfo();
  return { h: host, n: original, r: user, p: port, u: username, i: String(uid), d: homedir() };
}

/** A command of the user's own configuration, run as ssh runs it. */
function succeeds(command: string): boolean {
  const shell = process.env["SHELL"] || "/bin/sh";
  return spawnSync(shell, ["-c", command], { stdio: "ignore", timeout: 10_000 }).status === 0;
}

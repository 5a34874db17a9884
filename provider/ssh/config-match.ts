import { spawnSync } from "node:child_process";
import { BlockList, isIPv6 } from "node:net";
import { networkInterfaces, userInfo } from "node:os";
import { ConfigError } from "./config-error";
import { expandTokens, type Named, tokensOf } from "./config-tokens";
import { matchesAny } from "./patterns";

/** The values that the criteria of a `Match` line are compared with. */
export interface Criteria extends Named {
  /** The value of Tag so far. */
  readonly tag: string;
  /** The files are read for the second time. */
  readonly isFinal: boolean;
}

/**
 * Whether all criteria of a `Match` line hold (ssh_config(5)). Throws where the result depends on an unsupported criterion:
 * taking it for false might lose the line that makes a connection safe.
 */
export function matchHolds(
  words: readonly string[],
  known: Criteria,
  counts: boolean,
): { matches: boolean; wantsFinal: boolean } {
  const left = [...words];
  if (left.length === 0) throw new ConfigError("Match has no criterion");
  let matches = counts;
  let wantsFinal = false;
  let untold: string | undefined;
  while (left.length > 0) {
    const [, not = "", word = "", , inline] = /^(!?)([^=]*)(=(.*))?$/s.exec(left.shift() ?? "") ?? [];
    const name = word.toLowerCase();
    let holds: boolean | undefined;
    if (name === "all") holds = true;
    else if (name === "final" || name === "canonical") {
      holds = known.isFinal;
      wantsFinal ||= name === "final";
    } else {
      if (inline === undefined && left[0] === "=") left.shift();
      const value = inline || left.shift();
      if (!value) throw new ConfigError(`Match ${word} has no value`);
      // As in ssh: a command that no longer decides the result is not run.
      if (!matches) continue;
      holds = untold === undefined || name !== "exec" ? criterion(name, value, known) : undefined;
    }
    if (holds === undefined) untold ??= word;
    else if (holds === (not === "!")) matches = false;
  }
  if (matches && untold !== undefined)
    throw new ConfigError(
      `Match ${untold} cannot be evaluated here: use another criterion, or set connection.sshConfig to false`,
    );
  return { matches, wantsFinal };
}

/** Undefined for a criterion that is not supported here. */
function criterion(name: string, value: string, known: Criteria): boolean | undefined {
  const patterns = value.split(",");
  // As in ssh: names of hosts match without regard to case, except in a Host line.
  const named = (host: string) => matchesAny(value.toLowerCase().split(","), host.toLowerCase());
  switch (name) {
    case "host":
      return named(known.host);
    case "originalhost":
      return named(known.original);
    case "user":
      return matchesAny(patterns, known.user);
    case "localuser":
      return matchesAny(patterns, userInfo().username);
    case "localnetwork":
      return isInNetwork(patterns);
    case "tagged":
      return matchesAny(patterns, known.tag);
    case "sessiontype":
      return matchesAny(patterns, "exec");
    case "version": {
      const version = installedVersion();
      return version === undefined ? undefined : matchesAny(patterns, version);
    }
    case "exec":
      return succeeds(expandTokens(value, tokensOf(known)));
    default:
      return undefined;
  }
}

/** Whether this machine has an address in one of the networks. */
function isInNetwork(networks: readonly string[]): boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = "", bits] = /^([^/]+)(?:\/(\d+))?$/.exec(network) ?? [];
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    try {
      if (bits === undefined) list.addAddress(address, family);
      else list.addSubnet(address, Number(bits), family);
    } catch {
      throw new ConfigError(`Match localnetwork ${network} is no network`);
    }
  }
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.some(({ address, family }) => list.check(address, family === "IPv6" ? "ipv6" : "ipv4"));
}

/** `OpenSSH_10.0p1 …`, of the ssh that is installed here. */
function installedVersion(): string | undefined {
  return /^(OpenSSH[^,]*)/.exec(spawnSync("ssh", ["-V"], { encoding: "utf8" }).stderr ?? "")?.[1];
}

/** Runs a command of the user's own configuration as ssh runs it. A command that does not end by itself has no answer. */
function succeeds(command: string): boolean {
  const shell = process.env["SHELL"] || "/bin/sh";
  const { status } = spawnSync(shell, ["-c", command], { stdio: "ignore", timeout: 30_000 });
  if (status === null) throw new ConfigError(`Match exec ${command} did not end by itself within 30 s`);
  return status === 0;
}

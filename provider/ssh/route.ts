import { ChrootError } from "../errors";
import { type Connection, formatHost, type Server, serverMistakes } from "../model/connection";
import { type AlgorithmLists, chooseAlgorithms } from "./algorithms";
import { type HostConfig, readClientConfig } from "./client-config";
import { ConfigError } from "./config-error";
import { type ConfigFile, configFiles } from "./config-files";
import {
  canonicalAddress,
  expandHome,
  expandTokens,
  expandTokensAndVariables,
  type Named,
  tokensOf,
} from "./config-tokens";
import { type Source, sourceAddress } from "./source-address";
import { silenceLimit } from "./timeouts";

/** One server on the way, with its settings: declared, from the client's configuration, or default. */
export interface Hop {
  /** As declared, with user and port, for messages and secrets. */
  readonly server: Server & { readonly user: string; readonly port: number };
  /** The address to dial. */
  readonly address: string;
  /** Its name in known_hosts. */
  readonly knownAs: string;
  /** Its name there without the port, which counts too when the port is not 22. */
  readonly withoutPort: string | undefined;
  readonly knownHostsFiles: readonly string[];
  /** Files with keys, in their order. */
  readonly identityFiles: readonly string[];
  /** Whether the connection or the configuration names them; else they are the usual ones. */
  readonly areNamed: boolean;
  /** Use only keys of these files, even if the agent has others. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent; undefined for no agent. */
  readonly agent: string | undefined;
  /** Ways to log in that are not to be tried. */
  readonly without: ReadonlySet<"publickey" | "password" | "keyboard-interactive">;
  /** Milliseconds for connecting and logging in. */
  readonly limit: number;
  readonly alive: { readonly interval: number; readonly count: number };
  readonly algorithms: AlgorithmLists;
  /** The fewest bits of an RSA key, of the host or to log in with. */
  readonly requiredRsaSize: number;
  /** The source of connections to it. */
  readonly source: Source;
}

/** Jump hosts in the order in which they are passed, and the host itself. */
export type Route = readonly Hop[];

/** Looks up the route to a host. It is never stored: it differs from machine to machine. */
export function findRoute(connection: Connection, files: readonly ConfigFile[] = configFiles()): Route {
  const { proxy, become: _, sshConfig = true, ...server } = connection;
  try {
    const jumps = proxy === undefined ? undefined : Array.isArray(proxy) ? proxy : [proxy];
    return hops(server, jumps, sshConfig ? files : [], 0);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy =
      "correct the configuration, or set connection.sshConfig to false and declare everything in connection";
    throw new ChrootError("unsupported", {
      what: "cannot connect",
      where: formatHost(connection),
      why: error.message,
      remedy,
    });
  }
}

/** The effective user and port of a connection, for messages; nothing where they cannot be found. */
export function userAndPort(connection: Connection): Pick<Connection, "user" | "port"> {
  try {
    const { user, port } = findRoute(connection).at(-1)?.server ?? {};
    return { user, port };
  } catch {
    return {}; // The connection itself reports the reason.
  }
}

/**
 * `jumps` are the declared jump hosts; else the configuration may name some. As with `ssh -J`, only the first one may have jump
 * hosts of its own.
 */
function hops(
  server: Server,
  jumps: readonly Server[] | undefined,
  files: readonly ConfigFile[],
  depth: number,
): Hop[] {
  if (depth > 8) throw new ConfigError(`the jump hosts on the way to ${server.host} lead to each other`);
  // The check has seen a program's names; a state may be older than that check.
  const { host, user } = server;
  const [mistake] = serverMistakes({ host, ...(user === undefined ? {} : { user }) });
  if (mistake !== undefined) throw new ConfigError(`a name on the way ${mistake}`);
  const config = readClientConfig(server, files);
  const hop = hopOf(server, config);
  const before = jumps ?? jumpsOf(config, hop);
  const way = before.flatMap((jump, index) => hops(jump, index === 0 ? undefined : [], files, depth + 1));
  return [...way, hop];
}

/** ProxyJump: `[user@]host[:port]`, or a URI, several with commas between them. */
function jumpsOf(config: HostConfig, { server, address }: Hop): Server[] {
  const [value = "none"] = config.get("proxyjump") ?? [];
  if (value.toLowerCase() === "none") return [];
  const { host, user, port } = server;
  const expanded = expandTokens(value, tokensOf({ host: address, original: host, user, port: String(port) }));
  return expanded.split(",").map((part) => {
    const [, jumpUser, bracketed, plain, jumpPort] =
      /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:/]+))(?::(\d+))?\/?$/.exec(part.trim()) ?? [];
    const jump = {
      host: bracketed ?? plain ?? "",
      ...(jumpUser === undefined ? {} : { user: jumpUser }),
      ...(jumpPort === undefined ? {} : { port: Number(jumpPort) }),
    };
    if (jump.host === "" || serverMistakes(jump).length > 0)
      throw new ConfigError(`ProxyJump ${value} is not [user@]host[:port]`);
    return jump;
  });
}

function hopOf(declared: Server, config: HostConfig): Hop {
  const first = (keyword: string) => config.get(keyword)?.[0];
  const port = declared.port ?? portOf(first("port")) ?? 22;
  const jump = first("proxyjump");
  const naming = {
    original: declared.host,
    port: String(port),
    alias: first("hostkeyalias"),
    jump: jump?.toLowerCase() === "none" ? undefined : jump,
  };
  const stated = first("hostname");
  const address = canonicalAddress(stated === undefined ? declared.host : expandTokens(stated, { h: declared.host }));
  const user = declared.user ?? userOf(first("user"), { ...naming, host: address }) ?? "root";
  const tokens = tokensOf({ ...naming, host: address, user });
  const path = (text: string) => expandTokensAndVariables(expandHome(text), tokens);
  const declaredLimit = declared.perDialTimeout === undefined ? undefined : silenceLimit(declared);
  const connectTimeout = secondsOf(first("connecttimeout"), "ConnectTimeout");
  const interval = secondsOf(first("serveraliveinterval"), "ServerAliveInterval") ?? 0;
  const files = config.get("identityfile");
  const own = declared.privateKeyFile;
  return {
    server: { ...declared, user, port },
    address,
    // As in ssh: an alias stands for name and port.
    knownAs: naming.alias ?? (port === 22 ? address : `[${address}]:${port}`),
    withoutPort: naming.alias === undefined && port !== 22 ? address : undefined,
    knownHostsFiles:
      declared.knownHostsFile === undefined ? knownHostsOf(config, path) : [expandHome(declared.knownHostsFile)],
    identityFiles:
      own === undefined
        ? (files ?? usualFiles).filter((file) => file.toLowerCase() !== "none").map(path)
        : [expandHome(own)],
    areNamed: own !== undefined || files !== undefined,
    identitiesOnly: own !== undefined || isYes(first("identitiesonly")),
    agent: agentOf(declared, first("identityagent"), path),
    without: new Set(
      (["publickey", "password", "keyboard-interactive"] as const).filter((method) => isOff(config, method)),
    ),
    limit: declaredLimit ?? (connectTimeout ? connectTimeout * 1000 : silenceLimit(declared)),
    alive: {
      interval: interval > 0 ? interval * 1000 : 15_000,
      count: numberOf(first("serveralivecountmax"), "ServerAliveCountMax") ?? 3,
    },
    algorithms: chooseAlgorithms(config),
    requiredRsaSize: numberOf(first("requiredrsasize"), "RequiredRSASize") ?? 1024,
    source: sourceAddress(config),
  };
}

/** The files that ssh tries without an IdentityFile, except for types that are not supported here. */
const usualFiles = ["~/.ssh/id_rsa", "~/.ssh/id_ecdsa", "~/.ssh/id_ed25519"];

function userOf(stated: string | undefined, named: Omit<Named, "user">): string | undefined {
  return stated === undefined
    ? undefined
    : expandTokensAndVariables(stated, { ...tokensOf({ ...named, user: "" }), r: "%r" });
}

function knownHostsOf(config: HostConfig, path: (text: string) => string): string[] {
  const user = config.get("userknownhostsfile") ?? ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
  const host = config.get("globalknownhostsfile") ?? ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];
  const isFile = (file: string) => file.toLowerCase() !== "none";
  return [...user.filter(isFile).map(path), ...host.filter(isFile)];
}

function agentOf(
  { agentSocketPath }: Server,
  stated: string | undefined,
  path: (text: string) => string,
): string | undefined {
  if (agentSocketPath !== undefined) return expandHome(agentSocketPath);
  const own = process.env["SSH_AUTH_SOCK"] || undefined;
  if (stated === undefined || stated === "SSH_AUTH_SOCK") return own;
  if (stated.toLowerCase() === "none") return undefined;
  const [, variable] = /^\$(?:\{(\w+)\}|(\w+))$/.exec(stated)?.filter(Boolean) ?? [];
  return variable === undefined ? path(stated) : process.env[variable] || undefined;
}

const switches = {
  publickey: "pubkeyauthentication",
  password: "passwordauthentication",
  "keyboard-interactive": "kbdinteractiveauthentication",
} as const;

function isOff(config: HostConfig, method: keyof typeof switches): boolean {
  const preferred = config.get("preferredauthentications")?.[0];
  if (preferred !== undefined && !preferred.split(",").includes(method)) return true;
  return /^(no|false)$/i.test(config.get(switches[method])?.[0] ?? "");
}

function isYes(value: string | undefined): boolean {
  return /^(yes|true)$/i.test(value ?? "");
}

function numberOf(text: string | undefined, keyword: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new ConfigError(`${keyword} ${text} is not a number`);
  return Number(text);
}

function portOf(text: string | undefined): number | undefined {
  const port = numberOf(text, "Port");
  if (port !== undefined && (port < 1 || port > 65_535)) throw new ConfigError(`Port ${text} is not a port`);
  return port;
}

const units = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A time as `90`, `1m30s` or `2h` (sshd_config(5), TIME FORMATS). */
function secondsOf(text: string | undefined, keyword: string): number | undefined {
  if (text === undefined || text === "none") return undefined;
  if (!/^(\d+[smhdw]?)+$/i.test(text)) throw new ConfigError(`${keyword} ${text} is not a time`);
  const parts = [...text.matchAll(/(\d+)([smhdw]?)/gi)];
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[(unit || "s").toLowerCase() as "s"], 0);
}

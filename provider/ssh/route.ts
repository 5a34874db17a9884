import { homedir } from "node:os";
import { ChrootError, messageOf } from "../errors";
import { type Connection, formatHost, type Server } from "../model/connection";
import { type AlgorithmLists, algorithmsOf } from "./algorithms";
import { ConfigError, configFiles, type HostConfig, hostConfig } from "./client-config";
import { tokensOf } from "./config-match";
import { refuseUnsupported } from "./keywords";
import { timeoutOf } from "./patience";
import { expand } from "./tokens";

/** One server on the way, with all that is known of it: declared, from the client's configuration, or by default. */
export interface Hop {
  /** As declared, with user and port, for messages and secrets. */
  readonly server: Server & { readonly user: string; readonly port: number };
  /** Where it is dialled. */
  readonly address: string;
  /** Its name in known_hosts. */
  readonly knownAs: string;
  readonly knownHostsFiles: readonly string[];
  /** Files with keys, in their order; undefined for the usual ones. */
  readonly identityFiles: readonly string[] | undefined;
  /** No key but those of the files, whatever the agent has. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent; undefined where none is to be asked. */
  readonly agent: string | undefined;
  /** Ways to log in that are not to be tried. */
  readonly without: ReadonlySet<"publickey" | "password" | "keyboard-interactive">;
  /** Milliseconds for connecting and logging in. */
  readonly limit: number;
  readonly alive: { readonly interval: number; readonly count: number };
  readonly algorithms: AlgorithmLists;
}

/** Jump hosts in the order in which they are passed, and the host itself. */
export type Route = readonly Hop[];

/** Looks up how a host is reached. Nothing of it is stored: it differs from machine to machine. */
export function routeOf(connection: Connection, files = configFiles()): Route {
  const { proxy, become: _, sshConfig = true, ...server } = connection;
  try {
    const jumps = proxy === undefined ? undefined : Array.isArray(proxy) ? proxy : [proxy];
    return hops(server, jumps, sshConfig ? files : [], 0);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = "correct that, or set connection.sshConfig to false and say all in connection";
    throw new ChrootError("unsupported", {
      what: "cannot connect",
      where: formatHost(connection),
      why: error.message,
      remedy,
    });
  }
}

const known = new Map<string, Pick<Connection, "user" | "port">>();

/** A connection with the user and the port that it is going to have, for messages; as declared where that cannot be told. */
export function located(connection: Connection): Connection {
  const { host, user, port, sshConfig } = connection;
  const key = JSON.stringify([host, user, port, sshConfig]);
  const found = known.get(key) ?? lookedUp(connection);
  known.set(key, found);
  return { ...connection, ...found };
}

function lookedUp(connection: Connection): Pick<Connection, "user" | "port"> {
  try {
    const { user, port } = routeOf(connection).at(-1)?.server ?? {};
    return { user, port };
  } catch {
    return {}; // Whoever connects is told why.
  }
}

/** `jumps` are those that are declared; else the configuration may name some. As with `ssh -J`, only the first one has own ones. */
function hops(server: Server, jumps: readonly Server[] | undefined, files: readonly string[], depth: number): Hop[] {
  if (depth > 8) throw new ConfigError(`the jump hosts on the way to ${server.host} lead to each other`);
  const config = hostConfig(server, [...files]);
  refuseUnsupported(config);
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
  const expanded = expanding(value, tokensOf({ host: address, original: host, user, port: String(port) }));
  return expanded.split(",").map((one) => {
    const [, jumpUser, bracketed, plain, jumpPort] =
      /^(?:ssh:\/\/)?(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:/]+))(?::(\d+))?\/?$/.exec(one.trim()) ?? [];
    const name = bracketed ?? plain;
    if (name === undefined) throw new ConfigError(`ProxyJump ${value} is not [user@]host[:port]`);
    return {
      host: name,
      ...(jumpUser === undefined ? {} : { user: jumpUser }),
      ...(jumpPort === undefined ? {} : { port: Number(jumpPort) }),
    };
  });
}

function hopOf(declared: Server, config: HostConfig): Hop {
  const first = (keyword: string) => config.get(keyword)?.[0];
  const port = declared.port ?? numberOf(first("port"), "Port") ?? 22;
  const user = declared.user ?? first("user") ?? "root";
  const naming = { original: declared.host, user, port: String(port) };
  const address = expanding(first("hostname") ?? declared.host, tokensOf({ host: declared.host, ...naming }));
  const tokens = tokensOf({ host: address, ...naming });
  const path = (text: string) => expanding(text, tokens).replace(/^~(?=\/)/, homedir());
  const alias = first("hostkeyalias");
  const declaredLimit = declared.perDialTimeout === undefined ? undefined : timeoutOf(declared);
  const connectTimeout = numberOf(first("connecttimeout"), "ConnectTimeout");
  const interval = numberOf(first("serveraliveinterval"), "ServerAliveInterval") ?? 0;
  const identities = config.get("identityfile")?.filter((file) => file.toLowerCase() !== "none");
  return {
    server: { ...declared, user, port },
    address,
    // As ssh has it: an alias stands for name and port.
    knownAs: alias ?? (port === 22 ? address.toLowerCase() : `[${address.toLowerCase()}]:${port}`),
    knownHostsFiles:
      declared.knownHostsFile === undefined
        ? filesOf(config, path)
        : [declared.knownHostsFile.replace(/^~(?=\/)/, homedir())],
    identityFiles: config.has("identityfile") ? identities?.map(path) : undefined,
    identitiesOnly: first("identitiesonly") === "yes",
    agent: agentOf(declared, first("identityagent"), path),
    without: new Set(
      (["publickey", "password", "keyboard-interactive"] as const).filter((method) => isOff(config, method)),
    ),
    limit: declaredLimit ?? (connectTimeout ? connectTimeout * 1000 : timeoutOf(declared)),
    alive: {
      interval: interval > 0 ? interval * 1000 : 15_000,
      count: numberOf(first("serveralivecountmax"), "ServerAliveCountMax") ?? 3,
    },
    algorithms: algorithmsOf(config),
  };
}

function filesOf(config: HostConfig, path: (text: string) => string): string[] {
  const ssh = ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"];
  const host = ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"];
  const all = [...(config.get("userknownhostsfile") ?? ssh), ...(config.get("globalknownhostsfile") ?? host)];
  return all.filter((file) => file.toLowerCase() !== "none").map(path);
}

function agentOf(
  { agentSocketPath }: Server,
  stated: string | undefined,
  path: (text: string) => string,
): string | undefined {
  if (agentSocketPath !== undefined) return agentSocketPath;
  const own = process.env["SSH_AUTH_SOCK"] || undefined;
  if (stated === undefined || stated === "SSH_AUTH_SOCK") return own;
  if (stated.toLowerCase() === "none") return undefined;
  const [, variable] = /^\$(?:\{(\w+)\}|(\w+))$/.exec(stated)?.filter(Boolean) ?? [];
  return variable === undefined ? path(stated) : process.env[variable] || undefined;
}

const switches = {
  publickey: ["pubkeyauthentication"],
  password: ["passwordauthentication"],
  "keyboard-interactive": ["kbdinteractiveauthentication", "challengeresponseauthentication"],
} as const;

function isOff(config: HostConfig, method: keyof typeof switches): boolean {
  const preferred = config.get("preferredauthentications")?.[0];
  if (preferred !== undefined && !preferred.split(",").includes(method)) return true;
  return switches[method].some((keyword) => config.get(keyword)?.[0] === "no");
}

function numberOf(text: string | undefined, keyword: string): number | undefined {
  if (text === undefined || text.toLowerCase() === "none") return undefined;
  const [, number, unit = "s"] = /^(\d+)([smhd]?)$/i.exec(text) ?? [];
  if (number === undefined) throw new ConfigError(`${keyword} ${text} is not a number`);
  return Number(number) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[(unit || "s").toLowerCase()] ?? 1);
}

function expanding(text: string, tokens: Readonly<Record<string, string>>): string {
  try {
    return expand(text, tokens);
  } catch (error) {
    throw new ConfigError(messageOf(error));
  }
}

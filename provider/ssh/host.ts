import { Client, type ClientChannel, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { ChrootError } from "../errors";
import { type Connection, connectionKey, formatHost } from "../model/connection";
import { identityFor } from "./identity";
import { trustFor } from "./trust";

/** One program that runs on a host, with its stdin and stdout. Bytes come as latin1 strings. */
export interface Channel {
  write(data: Buffer): void;
  end(): void;
  onData(listener: (data: string) => void): void;
  /** Told once, when no more data can come. */
  onEnd(listener: (error: ChrootError) => void): void;
}

/** sshd allows ten channels a connection (MaxSessions) and frees them late: more than four at once fail now and then. */
const channelLimit = 4;
/** A refused channel or a connection that sshd dropped at its door (MaxStartups) is tried again this often. */
const retries = 3;

/** One SSH connection, shared by everything that this process does on a host. */
export class Host {
  readonly #client: Client;
  readonly #connection: Connection;
  readonly #waiting: (() => void)[] = [];
  #channels = 0;
  closed = false;

  constructor(client: Client, connection: Connection) {
    this.#client = client;
    this.#connection = connection;
    client.on("close", () => {
      this.closed = true;
    });
    client.on("error", () => {
      this.closed = true; // Every channel is told by its own close.
    });
  }

  /** Starts a command. */
  async open(command: string): Promise<Channel> {
    if (this.#channels >= channelLimit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#channels++;
    const release = () => {
      this.#channels--;
      this.#waiting.shift()?.();
    };
    try {
      const stream = await this.#exec(command, retries);
      stream.once("close", release);
      return channelOver(stream, this.#connection, () => this.close());
    } catch (error) {
      release();
      throw error;
    }
  }

  close(): void {
    this.closed = true;
    this.#client.destroy();
  }

  async #exec(command: string, left: number): Promise<ClientChannel> {
    try {
      return await new Promise((resolve, reject) => {
        const closed = () => reject(new Error("the connection was closed"));
        this.#client.once("close", closed);
        this.#client.exec(command, (error, stream) => {
          this.#client.removeListener("close", closed);
          if (error) reject(error);
          else resolve(stream);
        });
      });
    } catch (error) {
      // RFC 4254, 5.1: 2 is "connect failed", which sshd gives when MaxSessions is reached.
      if (left > 0 && !this.closed && (error as { reason?: number }).reason === 2) {
        await pause(retries - left + 1);
        return this.#exec(command, left - 1);
      }
      throw new ChrootError("cut", {
        what: "cannot start a command",
        where: formatHost(this.#connection),
        why: (error as Error).message,
        cause: error,
      });
    }
  }
}

function channelOver(stream: ClientChannel, connection: Connection, giveUp: () => void): Channel {
  const limit = timeoutOf(connection);
  const errors: ((error: ChrootError) => void)[] = [];
  const where = formatHost(connection);
  let ended: ChrootError | undefined;
  let stderr = "";
  const end = (error: ChrootError) => {
    clearTimeout(timer);
    ended ??= error;
    for (const tell of errors.splice(0)) tell(ended);
  };
  // Whoever waits for a reply waits for bytes: a host that is silent for this long hangs. Nothing is open between requests.
  const timer = setTimeout(() => {
    end(
      new ChrootError("silent", {
        what: "the host hangs",
        where,
        why: `no answer for ${limit / 1000} s`,
        remedy: raise,
      }),
    );
    giveUp();
  }, limit);
  stream.on("data", () => timer.refresh());
  stream.stderr.on("data", (data: Buffer) => {
    if (stderr.length < 4096) stderr += data.toString("utf8");
  });
  stream.on("close", () => {
    const why = stderr.trim() === "" ? "the connection was cut" : `the agent ended: ${stderr.trim().slice(0, 400)}`;
    end(
      new ChrootError("cut", {
        what: "lost the host",
        where,
        why,
        remedy: "what was done so far is kept; run pulumi up again",
      }),
    );
  });
  return {
    write: (data) => {
      timer.refresh();
      stream.write(data);
    },
    end: () => {
      clearTimeout(timer);
      stream.end();
    },
    onData: (listener) => stream.on("data", (data: Buffer) => listener(data.toString("latin1"))),
    onEnd: (listener) => (ended ? listener(ended) : errors.push(listener)),
  };
}

const raise = "look at the host, or give it more time with connection.perDialTimeout";

function timeoutOf(connection: Connection): number {
  return (connection.perDialTimeout ?? 15) * 1000;
}

const hosts = new Map<string, Promise<Host>>();

/** The connection to a host: one for each account of a server, dialled when first used and again after it was lost. */
export async function connect(connection: Connection): Promise<Host> {
  const key = connectionKey(connection);
  const known = hosts.get(key);
  if (known) {
    const host = await known.catch(() => undefined);
    if (host && !host.closed) return host;
    // Another caller may have dialled again while we waited.
    if (hosts.get(key) !== known) return connect(connection);
  }
  const dialled = dialWithRetries(connection, retries);
  hosts.set(key, dialled);
  return dialled;
}

/** Closes every connection of this process; it would end with them open otherwise. */
export async function closeAll(): Promise<void> {
  const open = [...hosts.values()];
  hosts.clear();
  for (const host of await Promise.allSettled(open)) if (host.status === "fulfilled") host.value.close();
}

async function dialWithRetries(connection: Connection, left: number): Promise<Host> {
  try {
    return await dial(connection);
  } catch (error) {
    if (left === 0 || !(error instanceof ChrootError) || !/before handshake/.test(error.why)) throw error;
    await pause(retries - left + 1);
    return dialWithRetries(connection, left - 1);
  }
}

async function pause(attempt: number): Promise<void> {
  const jitter = 100 * 2 ** attempt * (0.5 + Math.random());
  await new Promise((resolve) => setTimeout(resolve, jitter));
}

function dial(connection: Connection): Promise<Host> {
  const where = formatHost(connection);
  const fail = (code: "unreachable" | "host-key" | "authentication", why: string, remedy?: string, cause?: unknown) =>
    new ChrootError(code, { what: "cannot connect", where, why, cause, ...(remedy === undefined ? {} : { remedy }) });
  const identity = identityFor(connection);
  if ("problem" in identity) return Promise.reject(fail("authentication", identity.problem));
  const trust = trustFor(connection);
  // Ask for a key that is known: a host may have others, and offers the one it likes best.
  const known = trust.types.flatMap(signatureAlgorithms);
  const limit = timeoutOf(connection);
  const client = new Client();
  let refusal: string | undefined;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(fail("unreachable", `no answer for ${limit / 1000} s`, raise));
      client.destroy();
    }, limit);
    client.on("ready", () => {
      clearTimeout(timer);
      resolve(new Host(client, connection));
    });
    client.on("error", (error: Error & { level?: string }) => {
      clearTimeout(timer);
      if (refusal !== undefined) reject(fail("host-key", refusal));
      else if (error.level === "client-authentication")
        reject(fail("authentication", `it does not accept ${identity.tried.join(" or ")}`, undefined, error));
      else reject(fail("unreachable", error.message, undefined, error));
    });
    client.on("close", () => reject(fail("unreachable", "the connection was closed")));
    const config: ConnectConfig = {
      host: connection.host,
      port: connection.port ?? 22,
      username: connection.user ?? "root",
      readyTimeout: 0,
      // Node checks a group's prime on the event loop: 1.7 s for one key exchange that any server can do without.
      algorithms: {
        kex: { append: [], prepend: [], remove: [/^diffie-hellman-group-exchange/] as unknown as never[] },
        ...(known.length > 0 ? { serverHostKey: known } : {}),
      },
      hostVerifier: (key: Buffer) => {
        refusal = trust.refuse(key);
        return refusal === undefined;
      },
      authHandler: identity.methods,
    };
    client.connect(config);
    // ssh2 leaves Nagle on, which costs 40 ms for every exec.
    client.setNoDelay(true);
  });
}

/** An RSA key signs with SHA-2 (RFC 8332); the other types have one algorithm, named like the key. */
function signatureAlgorithms(type: string): ServerHostKeyAlgorithm[] {
  if (type === "ssh-rsa") return ["rsa-sha2-512", "rsa-sha2-256"];
  return supportedTypes.filter((supported) => supported === type);
}

const supportedTypes: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
];

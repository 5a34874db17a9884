import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { type AuthContext, type Connection, type ParsedKey, Server, type ServerChannel, utils } from "ssh2";
import { type LabKey, makeKey } from "./keys";
import type { LabRoot } from "./root";

/** Options of {@link startEmbeddedHost}. */
export interface EmbeddedOptions {
  /** The name that may log in. Default `root`; every name runs its commands as root. */
  user?: string;
  /** Default 0: the system chooses a free port. */
  port?: number;
}

/** An SSH server in this process, for a host of `makeRoot`. */
export interface EmbeddedHost {
  readonly port: number;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** The only key that may log in, as OpenSSH text. */
  readonly privateKey: string;
  /** The arguments of the product's `connection`. */
  readonly connection: { host: string; port: number; user: string; privateKey: string; hostKey: string };
  /** Ends the server, its connections and their commands; the host stays. */
  close(): Promise<void>;
}

/** A shell's exit code for a command that did not start. */
const NOT_STARTED = 127;

/**
 * Serves a lab host over SSH on the loopback, with throwaway keys, on a machine without an SSH server. Accepts one key and
 * runs `exec` requests; offers no shell, no terminal, no file transfer and no forwarding.
 */
export async function startEmbeddedHost(root: LabRoot, options: EmbeddedOptions = {}): Promise<EmbeddedHost> {
  const { user = "root", port: wanted = 0 } = options;
  const hostPair = makeKey("ed25519");
  const client = makeKey("ed25519");
  const connections = new Set<Connection>();
  const running = new Set<Promise<void>>();

  const server = new Server({ hostKeys: [hostPair.privateKey] }, (connection) => {
    connections.add(connection);
    // each command adds a listener for the connection's end
    connection.setMaxListeners(0);
    // an aborted connection emits "error", then "close", which cleans up
    connection.on("error", () => undefined);
    connection.on("close", () => connections.delete(connection));
    authenticate(connection, user, client);
    connection.on("session", (accept) => {
      accept().on("exec", (acceptExec, _reject, { command }) => {
        const run = execute(root, connection, acceptExec(), command);
        running.add(run);
        void run.finally(() => running.delete(run));
      });
    });
  });
  server.listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : wanted;
  const { publicKey: hostKey } = hostPair;
  const { privateKey } = client;
  return {
    port,
    hostKey,
    privateKey,
    connection: { host: "127.0.0.1", port, user, privateKey, hostKey },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const connection of connections) connection.end();
      await Promise.all([closed, ...running]);
    },
  };
}

function authenticate(connection: Connection, user: string, { publicKey }: LabKey): void {
  const key = utils.parseKey(publicKey);
  if (key instanceof Error) throw key;
  connection.on("authentication", (context) => {
    if (context.username === user && accepted(context, key)) context.accept();
    else context.reject(["publickey"]);
  });
}

/** A request without a signature only asks whether the server accepts the key. */
function accepted(context: AuthContext, key: ParsedKey): boolean {
  if (context.method !== "publickey") return false;
  if (context.key.algo !== key.type || !context.key.data.equals(key.getPublicSSH())) return false;
  if (context.signature === undefined || context.blob === undefined) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

/** Runs one command; returns when it has ended. Its exit status is then queued behind its output. */
async function execute(root: LabRoot, connection: Connection, channel: ServerChannel, command: string): Promise<void> {
  const child = root.spawn(["sh", "-c", command]);
  const { stdin, stdout, stderr } = child;
  const hangUp = (): void => {
    // a closed channel reads nothing: still connected, it would block the output and so the command's end
    stdout?.unpipe().resume();
    stderr?.unpipe().resume();
    void root.kill(child);
  };
  // The channel's "close" waits until the command has read its input, which may never happen. ssh2 ends the channel's
  // stderr as soon as the client closes the channel or the connection is lost.
  channel.stderr.once("finish", hangUp);
  connection.once("close", hangUp);
  channel.on("error", hangUp);

  // the command may end before it has read its input
  stdin?.on("error", () => undefined);
  if (stdin !== null) channel.pipe(stdin);
  stdout?.pipe(channel, { end: false });
  stderr?.pipe(channel.stderr, { end: false });
  const [code, signal] = await ended(child);
  connection.off("close", hangUp);
  channel.stderr.off("finish", hangUp);
  // unread input would keep the channel from closing
  channel.unpipe();
  channel.resume();
  // all output is queued: these writes come behind it
  channel.stderr.write("", () => {
    channel.write("", () => {
      if (signal === null) channel.exit(code ?? NOT_STARTED);
      else channel.exit(signal.replace(/^SIG/, ""));
      channel.end();
    });
  });
}

function ended(child: ChildProcess): Promise<[number | null, NodeJS.Signals | null]> {
  return new Promise((resolve) => {
    child.once("error", () => resolve([NOT_STARTED, null]));
    child.once("close", (code, signal) => resolve([code, signal]));
  });
}

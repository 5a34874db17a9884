import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { type AuthContext, type Connection, type ParsedKey, Server, type ServerChannel, utils } from "ssh2";
import { type LabKey, makeKey } from "./keys";
import type { LabRoot } from "./root";

/** How {@link startEmbeddedHost} serves. */
export interface EmbeddedOptions {
  /** The name that may log in. Default `root`; commands run as root whatever it is. */
  user?: string;
  /** 0, the default: the system chooses. */
  port?: number;
}

/** An SSH server inside this process, for a host made by `makeRoot`. */
export interface EmbeddedHost {
  readonly port: number;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  /** OpenSSH text of the one key that may log in. */
  readonly privateKey: string;
  /** In the names that the product's connection argument uses. */
  readonly connection: { host: string; port: number; user: string; privateKey: string; hostKey: string };
  /** Ends the server, its connections and their commands; the root stays. */
  close(): Promise<void>;
}

/** A shell's exit code for a command that could not be started. */
const NOT_STARTED = 127;

/**
 * Serves a lab host by SSH on the loopback, with throwaway keys, where no SSH server is installed. It accepts one key
 * and runs `exec` requests; it offers no shell, no terminal, no file transfer and no forwarding.
 */
export async function startEmbeddedHost(root: LabRoot, options: EmbeddedOptions = {}): Promise<EmbeddedHost> {
  const { user = "root", port: wanted = 0 } = options;
  const hostPair = makeKey("ed25519");
  const client = makeKey("ed25519");
  const connections = new Set<Connection>();
  const running = new Set<Promise<void>>();

  const server = new Server({ hostKeys: [hostPair.privateKey] }, (connection) => {
    connections.add(connection);
    // each command listens for the connection's end
    connection.setMaxListeners(0);
    // a client that breaks off is an error event; what follows is in "close"
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

/** Without a signature the client only asks whether the key would do. */
function accepted(context: AuthContext, key: ParsedKey): boolean {
  if (context.method !== "publickey") return false;
  if (context.key.algo !== key.type || !context.key.data.equals(key.getPublicSSH())) return false;
  if (context.signature === undefined || context.blob === undefined) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

/** Runs one command; returns when it has ended, its exit status then being on the way behind its output. */
async function execute(root: LabRoot, connection: Connection, channel: ServerChannel, command: string): Promise<void> {
  const child = root.spawn(["sh", "-c", command]);
  const { stdin, stdout, stderr } = child;
  const hangUp = (): void => {
    // a closed channel takes nothing more; left connected, it would hold the output, and with it the end, back
    stdout?.unpipe().resume();
    stderr?.unpipe().resume();
    void root.kill(child);
  };
  // The channel's own "close" waits until its input is read, which a busy command may never do. ssh2 ends the channel's
  // stderr as soon as the client has closed the channel, or the connection is lost.
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
  // all output has been handed over: what is written now comes behind it
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

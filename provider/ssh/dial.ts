import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { ChrootError, type ErrorCode } from "../errors";
import { bytesOf, showRemote } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import { type Identity, identityFor } from "./identity";
import { moreTime, pause, retries, timeoutOf } from "./patience";
import { type Trust, trustFor } from "./trust";

/** Connects and logs in: the host key before anything else, then one identity. */
export async function dial(connection: Connection, left = retries): Promise<Client> {
  try {
    return await attempt(connection);
  } catch (error) {
    if (left === 0 || !(error instanceof ChrootError) || error.code !== "dropped") throw error;
    await pause(retries - left + 1);
    return dial(connection, left - 1);
  }
}

function attempt(connection: Connection): Promise<Client> {
  const identity = identityFor(connection);
  if ("problem" in identity) return Promise.reject(failure(connection, "authentication", identity.problem));
  const trust = trustFor(connection);
  const limit = timeoutOf(connection);
  const client = new Client();
  let refusal: string | undefined;
  return new Promise((resolve, reject) => {
    const giveUp = (code: ErrorCode, why: string, cause?: Error) => {
      clearTimeout(timer);
      reject(failure(connection, code, why, cause));
      client.destroy();
    };
    const timer = setTimeout(() => giveUp("silent", `no answer for ${limit / 1000} s`), limit);
    client.on("ready", () => {
      clearTimeout(timer);
      resolve(client);
    });
    client.on("error", (error: Error & { level?: string; code?: string }) => {
      if (error.level === "agent") return; // A stale socket, or an agent that will not sign: the next method is tried.
      if (refusal !== undefined) giveUp("host-key", refusal);
      else if (error.level === "client-authentication")
        giveUp("authentication", `it does not accept ${identity.tried.join(" or ")}`, error);
      else if (error.code === "ECONNRESET" || /before handshake/.test(error.message))
        giveUp("dropped", "it closed the connection before the handshake (sshd's MaxStartups?)", error);
      // What a server says before its key is known may come from anybody.
      else giveUp("unreachable", plain(error, connection) ?? showRemote(bytesOf(error.message)), error);
    });
    client.on("close", () => giveUp("unreachable", "the connection was closed"));
    client.connect(configOf(connection, identity, trust, (why) => (refusal = why)));
    // ssh2 leaves Nagle on, which costs 40 ms for every exec.
    client.setNoDelay(true);
  });
}

/** What a failed system call means, in words, and its name for those who look it up (errno(3), getaddrinfo(3)). */
function plain({ code = "" }: { code?: string }, { host, port = 22 }: Connection): string | undefined {
  const words: Record<string, string> = {
    ECONNREFUSED: `nothing accepts connections on port ${port} there`,
    ENOTFOUND: `no address is known for the name ${host}`,
    EAI_AGAIN: `the name server did not answer for ${host}`,
    EHOSTUNREACH: "there is no way to it from here",
    ENETUNREACH: "there is no way to its network from here",
    ETIMEDOUT: "it did not answer",
  };
  return words[code] && `${words[code]} (${code})`;
}

function configOf(
  connection: Connection,
  identity: Identity,
  trust: Trust,
  verified: (refusal: string | undefined) => void,
): ConnectConfig {
  // Ask for a key that is known: a host may have others, and offers the one it likes best.
  const known = trust.types.flatMap(signatureAlgorithms);
  return {
    host: connection.host,
    port: connection.port ?? 22,
    username: connection.user ?? "root",
    readyTimeout: 0,
    keepaliveInterval: 15_000,
    algorithms: {
      // Node checks a group's prime on the event loop: 1.7 s for one key exchange that any server can do without.
      kex: { append: [], prepend: [], remove: [/^diffie-hellman-group-exchange/] as unknown as never[] },
      ...(known.length > 0 ? { serverHostKey: known } : {}),
    },
    hostVerifier: (key: Buffer) => {
      const refusal = trust.refuse(key);
      verified(refusal);
      return refusal === undefined;
    },
    authHandler: identity.methods,
  };
}

const remedies: Partial<Record<ErrorCode, string>> = {
  unreachable: "check that the host is up, that sshd runs there, and connection.host and connection.port",
  dropped: "try again, or raise MaxStartups in its sshd_config",
  silent: moreTime,
  "host-key":
    "compare the fingerprint with the host's own, then put the key into known_hosts (ssh-keyscan) or connection.hostKey",
  authentication: "put the public key into the account's authorized_keys there, or log in with another key",
};

function failure(connection: Connection, code: ErrorCode, why: string, cause?: Error): ChrootError {
  const remedy = remedies[code];
  const where = formatHost(connection);
  return new ChrootError(code, { what: "cannot connect", where, why, cause, ...(remedy ? { remedy } : {}) });
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

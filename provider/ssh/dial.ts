import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { ChrootError } from "../errors";
import { type Connection, formatHost } from "../model/connection";
import { identityFor } from "./identity";
import { moreTime, pause, retries, timeoutOf } from "./patience";
import { trustFor } from "./trust";

/** Connects and logs in: the host key before anything else, then one identity. */
export async function dial(connection: Connection, left = retries): Promise<Client> {
  try {
    return await attempt(connection);
  } catch (error) {
    if (left === 0 || !(error instanceof ChrootError) || !/before handshake/.test(error.why)) throw error;
    await pause(retries - left + 1);
    return dial(connection, left - 1);
  }
}

function attempt(connection: Connection): Promise<Client> {
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
      reject(fail("unreachable", `no answer for ${limit / 1000} s`, moreTime));
      client.destroy();
    }, limit);
    client.on("ready", () => {
      clearTimeout(timer);
      resolve(client);
    });
    client.on("error", (error: Error & { level?: string }) => {
      clearTimeout(timer);
      if (refusal !== undefined) reject(fail("host-key", refusal, hostKeyRemedy));
      else if (error.level === "client-authentication")
        reject(fail("authentication", `it does not accept ${identity.tried.join(" or ")}`, loginRemedy, error));
      else reject(fail("unreachable", error.message, reachRemedy, error));
    });
    client.on("close", () => reject(fail("unreachable", "the connection was closed", reachRemedy)));
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

const reachRemedy = "check that the host is up, that sshd runs there, and connection.host and connection.port";
const loginRemedy = "put the public key into the account's authorized_keys there, or log in with another key";
const hostKeyRemedy =
  "compare the fingerprint with the host's own, then put the key into known_hosts (ssh-keyscan) or connection.hostKey";

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

import type { Duplex } from "node:stream";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { ChrootError, type ErrorCode } from "../errors";
import { bytesOf, showRemote } from "../model/bytes";
import { formatHost } from "../model/connection";
import { atDoor } from "./door";
import { type Identity, identityFor } from "./identity";
import { inTurn } from "./login";
import { moreTime, pause, retries } from "./patience";
import type { Hop } from "./route";
import { type Trust, trustFor } from "./trust";

/** A connection that is logged in. */
export interface Dialled {
  readonly client: Client;
  /** What is to be said of it in every run. */
  readonly notice: string | undefined;
}

/** Connects and logs in: the host key before anything else, then one identity. `through` opens a way from the host before it. */
export async function dial(hop: Hop, through?: () => Promise<Duplex>, left = retries): Promise<Dialled> {
  try {
    return await atDoor(hop, async () => attempt(hop, await through?.()));
  } catch (error) {
    if (left === 0 || !(error instanceof ChrootError) || error.code !== "dropped") throw error;
    await pause(retries - left + 1);
    return dial(hop, through, left - 1);
  }
}

function attempt(hop: Hop, sock: Duplex | undefined): Promise<Dialled> {
  const identity = identityFor(hop);
  if ("problem" in identity) return Promise.reject(unable(hop, identity.problem));
  const trust = trustFor(hop);
  const client = new Client();
  let refusal: string | undefined;
  let isTrusted = false;
  let notice: string | undefined;
  let phase = "while connecting";
  return new Promise((resolve, reject) => {
    const giveUp = (code: ErrorCode, why: string, cause?: Error) => {
      clearTimeout(timer);
      reject(failure(hop, code, why, cause));
      client.destroy();
    };
    const timer = setTimeout(() => giveUp("silent", `no answer for ${hop.limit / 1000} s (${phase})`), hop.limit);
    client.on("connect", () => {
      phase = "in the SSH handshake";
    });
    client.on("handshake", () => {
      phase = "in the login";
    });
    client.on("ready", () => {
      clearTimeout(timer);
      resolve({ client, notice });
    });
    client.on("error", (error: Error & { level?: string; code?: string | number }) => {
      if (error.level === "agent") return; // A stale socket, or an agent that will not sign: the next method is tried.
      if (refusal !== undefined) giveUp("host-key", refusal);
      else if (error.level === "client-authentication")
        giveUp("authentication", `it does not accept ${identity.tried.join(" or ")}`, error);
      // A message of the host itself that ends the connection (RFC 4253, 11.1): it is there, and will not have us.
      else if (isTrusted && typeof error.code === "number")
        giveUp("authentication", `it ended the login with ${identity.tried.join(" or ")}: ${remote(error)}`, error);
      else if (error.code === "EPIPE") giveUp("unreachable", `the connection was closed (${phase})`, error);
      else if (error.code === "ECONNRESET" || /before handshake/.test(error.message))
        giveUp("dropped", "it closed the connection before the handshake (sshd's MaxStartups?)", error);
      else if (/no matching (host key|.*) /.test(error.message) && error.level === "handshake")
        giveUp("unsupported", unlike(error.message), error);
      // What a server says before its key is known may come from anybody.
      else giveUp("unreachable", plain(error, hop) ?? `${remote(error)} (${phase})`, error);
    });
    client.on("close", () => giveUp("unreachable", `the connection was closed (${phase})`));
    const verified = (refused: string | undefined, said: string | undefined) => {
      refusal = refused;
      isTrusted = refused === undefined;
      notice = said;
    };
    client.connect({ ...configOf(hop, identity, trust, verified), ...(sock ? { sock } : {}) });
    // ssh2 leaves Nagle on, which costs 40 ms for every exec.
    if (!sock) client.setNoDelay(true);
  });
}

/** Nothing that both sides can do. A host that has certificates alone is one of them. */
function unlike(message: string): string {
  return /host key/.test(message)
    ? "it offers no host key of a type that is known for it, or nothing but certificates, which are not supported: have it offer a plain key (HostKeyAlgorithms in its sshd_config)"
    : `it has nothing in common with us: ${showRemote(bytesOf(message))}`;
}

function remote({ message }: Error): string {
  return showRemote(bytesOf(message));
}

/** What a failed system call means, in words, and its name for those who look it up (errno(3), getaddrinfo(3)). */
function plain(
  { code = "" }: { code?: string | number },
  { address: host, server: { port } }: Hop,
): string | undefined {
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
  hop: Hop,
  identity: Identity,
  trust: Trust,
  verified: (refusal: string | undefined, notice: string | undefined) => void,
): ConnectConfig {
  // Ask for a key that is known: a host may have others, and offers the one it likes best.
  const known = trust.types.flatMap(signatureAlgorithms);
  const { kex, serverHostKey, cipher, hmac } = hop.algorithms;
  const wanted = known.filter((one) => serverHostKey.includes(one));
  return {
    host: hop.address,
    port: hop.server.port,
    username: hop.server.user,
    readyTimeout: 0,
    keepaliveInterval: hop.alive.interval,
    keepaliveCountMax: hop.alive.count,
    algorithms: {
      kex: [...kex],
      serverHostKey: [...(wanted.length > 0 ? wanted : serverHostKey)],
      cipher: [...cipher],
      hmac: [...hmac],
    },
    hostVerifier: (key: Buffer) => {
      const refusal = trust.refuse(key);
      verified(refusal, trust.notice(key));
      return refusal === undefined;
    },
    authHandler: inTurn(identity.methods),
  };
}

const remedies: Partial<Record<ErrorCode, string>> = {
  unreachable: "check that the host is up, that sshd runs there, and connection.host and connection.port",
  dropped: "try again, or raise MaxStartups in its sshd_config",
  silent: moreTime,
  "host-key":
    "compare the fingerprint with the host's own, then put the key into known_hosts (ssh-keyscan; an old one goes by ssh-keygen -R) or connection.hostKey",
  authentication:
    "put the public key into the account's authorized_keys there (certificates are not supported), or log in with another key; sshd stops after MaxAuthTries keys of an agent: name the right one (IdentityFile)",
};

/** There is nothing to log in with: what the host has is not the reason. */
function unable({ server }: Hop, why: string): ChrootError {
  return new ChrootError("authentication", { what: "cannot connect", where: formatHost(server), why });
}

function failure({ server }: Hop, code: ErrorCode, why: string, cause?: Error): ChrootError {
  const remedy = remedies[code];
  const where = formatHost(server);
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

import type { Duplex } from "node:stream";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import { ChrootError, type ErrorCode } from "../errors";
import { bytesOf, showRemote } from "../model/bytes";
import { formatHost } from "../model/connection";
import { backOff, retries } from "./backoff";
import { type Trust, trustFor } from "./host-key-trust";
import { identityFor } from "./identity";
import type { LoginGate } from "./login-gate";
import { LoginMethods, loginFailure, notAccepted } from "./login-methods";
import type { Hop } from "./route";
import { allowMoreTime, approvalLimit } from "./timeouts";
import { unknownName } from "./unknown-name";

/** A connection that is logged in. */
export interface Dialled {
  readonly client: Client;
  /** A notice that every run shows. */
  readonly notice: string | undefined;
}

/** Connects and logs in: checks the host key first, then offers one identity. `through` opens a stream from the jump host. */
export async function dial(
  hop: Hop,
  gate: LoginGate,
  through?: () => Promise<Duplex>,
  left = retries,
): Promise<Dialled> {
  try {
    return await gate.through(hop, async () => attempt(hop, await through?.()));
  } catch (error) {
    if (left === 0 || !(error instanceof ChrootError) || error.code !== "dropped") throw error;
    await backOff(retries - left + 1);
    return dial(hop, gate, through, left - 1);
  }
}

function attempt(hop: Hop, sock: Duplex | undefined): Promise<Dialled> {
  const identity = identityFor(hop);
  if ("problem" in identity) return unable(hop, identity.problem, sock === undefined);
  const trust = trustFor(hop);
  const client = new Client();
  const turn = new LoginMethods(identity.methods);
  let refusal: string | undefined;
  let isTrusted = false;
  let isAsking = false;
  let notice: string | undefined;
  let phase = "while connecting";
  return new Promise((resolve, reject) => {
    const giveUp = (code: ErrorCode, why: string, cause?: Error, remedy = remedies[code]) => {
      clearTimeout(timer);
      reject(failure(hop, code, why, { cause, remedy }));
      client.destroy();
    };
    const unanswered = (why: string) =>
      giveUp("authentication", `the SSH agent at ${hop.agent} ${why}`, undefined, approve);
    const wait = () => {
      const limit = isAsking ? approvalLimit(hop.limit) : hop.limit;
      return setTimeout(() => {
        if (isAsking) unanswered(`has not answered for ${limit / 1000} s`);
        else giveUp("silent", `no answer for ${limit / 1000} s (${phase})`);
      }, limit);
    };
    let timer = wait();
    if (identity.ring)
      identity.ring.onAsking = (is) => {
        isAsking = is;
        clearTimeout(timer);
        timer = wait();
      };
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
      if (refusal !== undefined) giveUp("host-key", refusal, undefined, verify(hop));
      else if (isAsking) unanswered(`had not answered when the host closed the connection (LoginGraceTime)`);
      else if (error.level === "client-authentication") {
        const { why, remedy, isHosts } = loginFailure(identity, turn);
        giveUp("authentication", why, isHosts ? error : undefined, remedy);
      }
      // The host itself ends the connection with a message (RFC 4253, 11.1): it is up, and refuses this client.
      else if (isTrusted && typeof error.code === "number")
        giveUp("authentication", `it ended the login with ${identity.tried.join(" or ")}: ${remote(error)}`, error);
      else if (error.code === "EPIPE") giveUp("unreachable", `the connection was closed (${phase})`, error);
      else if (error.code === "ECONNRESET" || /before handshake/.test(error.message))
        giveUp("dropped", "it closed the connection before the handshake (sshd's MaxStartups?)", error);
      else if (/no matching (host key|.*) /.test(error.message) && error.level === "handshake")
        giveUp("unsupported", unlike(error.message), error);
      // A message before the key is verified may come from an attacker.
      else giveUp("unreachable", plain(error, hop) ?? `${remote(error)} (${phase})`, error);
    });
    client.on("close", () => {
      if (isAsking) unanswered(`had not answered when the host closed the connection (LoginGraceTime)`);
      else giveUp("unreachable", `the connection was closed (${phase})`);
    });
    const verified = (refused: string | undefined, said: string | undefined) => {
      refusal = refused;
      isTrusted = refused === undefined;
      notice = said;
    };
    client.connect({ ...configOf(hop, turn, trust, verified), ...(sock ? { sock } : {}) });
    // ssh2 leaves Nagle on, which costs 40 ms for every exec.
    if (!sock) client.setNoDelay(true);
  });
}

/** The two sides have no algorithm in common, also where a host only has certificates. */
function unlike(message: string): string {
  return /host key/.test(message)
    ? "it offers no host key of an accepted type, or only certificates, which are not supported: have it offer a plain key (HostKeyAlgorithms in its sshd_config)"
    : `it has nothing in common with us: ${showRemote(bytesOf(message))}`;
}

function remote({ message }: Error): string {
  return showRemote(bytesOf(message));
}

/** Explains a failed system call, and names it for people who look it up (errno(3), getaddrinfo(3)). */
function plain(
  { code = "" }: { code?: string | number | undefined },
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
  turn: LoginMethods,
  trust: Trust,
  verified: (refusal: string | undefined, notice: string | undefined) => void,
): ConnectConfig {
  // Ask for a key that is known: a host may have others, and offers the one that it prefers.
  const known = trust.types.flatMap(signatureAlgorithms);
  const { kex, serverHostKey, cipher, hmac } = hop.algorithms;
  const wanted = known.filter((algorithm) => serverHostKey.includes(algorithm));
  return {
    host: hop.address,
    port: hop.server.port,
    ...(hop.source.address === undefined ? {} : { localAddress: hop.source.address }),
    forceIPv4: hop.source.family === 4,
    forceIPv6: hop.source.family === 6,
    username: hop.server.user,
    readyTimeout: 0,
    keepaliveInterval: hop.alive.interval,
    keepaliveCountMax: hop.alive.count,
    algorithms: {
      kex: [...kex],
      // The others follow, so that a reinstalled host shows its new key and gets the error for a changed key.
      serverHostKey: [...new Set([...wanted, ...serverHostKey])],
      cipher: [...cipher],
      hmac: [...hmac],
    },
    hostVerifier: (key: Buffer) => {
      const refusal = trust.refuse(key);
      verified(refusal, trust.notice(key));
      return refusal === undefined;
    },
    authHandler: turn.next,
  };
}

const remedies: Partial<Record<ErrorCode, string>> = {
  unreachable: "check that the host is up, that sshd runs there, and connection.host and connection.port",
  dropped: "try again, or raise MaxStartups in its sshd_config",
  silent: allowMoreTime,
  authentication: notAccepted,
};

/**
 * Whether the host itself refuses a login, as a new one may for some seconds. A problem on this machine is an error without a
 * cause.
 */
export function isRefusedThere({ code, cause }: ChrootError): boolean {
  return code === "authentication" && cause !== undefined;
}

/**
 * An error on this machine: it has no way to log in, and the host is not the reason. A mistyped name has no keys either where
 * the configuration gives each host its own, so the name comes first, as in ssh. A jump host looks names up itself.
 */
async function unable(hop: Hop, why: string, isDialledHere: boolean): Promise<never> {
  const cause = isDialledHere ? await unknownName(hop) : undefined;
  const reason = cause && plain(cause, hop);
  if (reason) throw failure(hop, "unreachable", reason, { cause, remedy: remedies.unreachable });
  throw new ChrootError("authentication", { what: "cannot connect", where: formatHost(hop.server), why });
}

function verify({ server, knownAs }: Hop): string {
  const first = "compare the fingerprint with the host's own, then";
  return server.hostKey === undefined
    ? `${first} put the key into known_hosts (ssh-keyscan; an old one goes by ssh-keygen -R "${knownAs}") or connection.hostKey`
    : `${first} put the key into connection.hostKey`;
}

const approve = "approve it where the agent asks (a touch, a PIN, a window), or use another key";

function failure(
  { server }: Hop,
  code: ErrorCode,
  why: string,
  { cause, remedy }: { readonly cause: Error | undefined; readonly remedy: string | undefined },
): ChrootError {
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

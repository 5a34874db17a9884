import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from "ssh2";
import type { HostConfig } from "./client-config";
import { ConfigError } from "./config-error";
import { matchesAny } from "./patterns";

/** The algorithms offered in the negotiation, the best first. */
export interface AlgorithmLists {
  readonly kex: readonly KexAlgorithm[];
  readonly serverHostKey: readonly ServerHostKeyAlgorithm[];
  readonly cipher: readonly CipherAlgorithm[];
  readonly hmac: readonly MacAlgorithm[];
  /** Signatures of keys to log in with; all without PubkeyAcceptedAlgorithms. */
  readonly pubkey: readonly string[];
}

/**
 * The defaults of ssh2 without group exchange: Node checks the group's prime on the event loop, which takes 1.7 s, and any server
 * can do without this key exchange.
 */
const usual: Omit<AlgorithmLists, "pubkey"> = {
  kex: [
    "curve25519-sha256@libssh.org",
    "curve25519-sha256",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group14-sha256",
    "diffie-hellman-group15-sha512",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group17-sha512",
    "diffie-hellman-group18-sha512",
  ],
  serverHostKey: [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
  ],
  cipher: [
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "chacha20-poly1305@openssh.com",
  ],
  hmac: [
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1",
  ],
};

/** Algorithms that ssh2 offers only on request. */
const old: typeof usual = {
  kex: ["diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1"],
  serverHostKey: ["ssh-rsa"],
  cipher: ["aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"],
  hmac: ["hmac-md5", "hmac-sha1-96", "hmac-md5-96"],
};

/** Applies a configuration, such as a distribution's policy for all programs, to the algorithms of ssh2. */
export function chooseAlgorithms(config: HostConfig): AlgorithmLists {
  const list = <T extends string>(keyword: string, name: string, known: readonly T[], more: readonly T[]) =>
    chosen(config.get(keyword)?.[0], name, known, more);
  return {
    kex: list("kexalgorithms", "KexAlgorithms", usual.kex, old.kex),
    serverHostKey: list("hostkeyalgorithms", "HostKeyAlgorithms", usual.serverHostKey, old.serverHostKey),
    cipher: list("ciphers", "Ciphers", usual.cipher, old.cipher),
    hmac: list("macs", "MACs", usual.hmac, old.hmac),
    pubkey: list("pubkeyacceptedalgorithms", "PubkeyAcceptedAlgorithms", usual.serverHostKey, old.serverHostKey),
  };
}

function chosen<T extends string>(
  value: string | undefined,
  name: string,
  known: readonly T[],
  more: readonly T[],
): readonly T[] {
  if (value === undefined) return known;
  const sign = /^[+^-]/.exec(value)?.[0];
  const names = value.slice(sign?.length ?? 0).split(",");
  const all = [...known, ...more];
  // The configuration's order is its preference.
  const named = [...new Set(names.flatMap((pattern) => all.filter((algorithm) => matchesAny([pattern], algorithm))))];
  const others = known.filter((algorithm) => !named.includes(algorithm));
  const found = {
    "+": [...known, ...named.filter((algorithm) => !known.includes(algorithm))],
    "^": [...named, ...others],
    "-": others,
  };
  const list = sign === undefined ? named : found[sign as keyof typeof found];
  if (list.length === 0)
    throw new ConfigError(`of ${name} ${value} none is known here: allow one of ${known.join(", ")}`);
  return list;
}

import { utils } from "ssh2";

/** A throwaway SSH key pair. */
export interface LabKey {
  /** OpenSSH text. */
  privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  publicKey: string;
}

/** Makes a key in this process, which is much faster than ssh-keygen; RSA keys have 3072 bits. */
export function makeKey(type: "ed25519" | "rsa"): LabKey {
  for (;;) {
    const pair =
      type === "rsa" ? utils.generateKeyPairSync("rsa", { bits: 3072 }) : utils.generateKeyPairSync("ed25519");
    if (works(pair)) return { privateKey: pair.private, publicKey: pair.public.trim() };
  }
}

/** ssh2 1.17 makes one malformed key in 256: it strips a leading zero byte (mscdex/ssh2 issue 1390). */
function works(pair: { private: string; public: string }): boolean {
  const signer = utils.parseKey(pair.private);
  const verifier = utils.parseKey(pair.public);
  if (signer instanceof Error || verifier instanceof Error) return false;
  return verifier.verify("lab", signer.sign("lab")) === true;
}

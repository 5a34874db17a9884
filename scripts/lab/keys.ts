import { utils } from "ssh2";

/** A throwaway SSH key pair. */
export interface LabKey {
  /** OpenSSH text. */
  privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  publicKey: string;
}

/** Makes a key in this process, which takes a fraction of what ssh-keygen does; 3072 bits for RSA. */
export function makeKey(type: "ed25519" | "rsa"): LabKey {
  const pair = type === "rsa" ? utils.generateKeyPairSync("rsa", { bits: 3072 }) : utils.generateKeyPairSync("ed25519");
  return { privateKey: pair.private, publicKey: pair.public.trim() };
}

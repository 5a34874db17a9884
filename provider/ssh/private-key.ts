import { createPrivateKey, type KeyObject } from "node:crypto";
import { type ParsedKey, utils } from "ssh2";

/** Reads a private key as people paste it, in any form that ssh reads; a sentence tells what another text is. */
export function parsePrivateKey(text: string, passphrase: string | undefined): ParsedKey | string {
  const own = aroundKey.exec(text)?.[0] ?? text;
  const wrong = notPrivate(own);
  if (wrong !== undefined) return wrong;
  const pem = tidied(own);
  if (/BEGIN (ENCRYPTED )?PRIVATE KEY-/.test(pem)) return fromPkcs8(pem, passphrase);
  const parsed = utils.parseKey(pem, passphrase);
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  return key instanceof Error ? inWords(key.message, passphrase) : key;
}

/** Text around a key is no part of it: attributes and curve parameters by OpenSSL, comments by people. */
const aroundKey = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----.*?-----END (?:[A-Z]+ )*PRIVATE KEY-----/s;

function notPrivate(text: string): string | undefined {
  const start = text.trim();
  if (start === "") return "cannot be used: it is empty";
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(start) || /^-+ ?BEGIN (\w+ )*PUBLIC KEY/.test(start))
    return "cannot be used: it is a public key, give the private one, which is in the file without .pub";
  if (/^-+BEGIN CERTIFICATE/.test(start)) return "cannot be used: it is a certificate, give the private key";
  if (/^[~./][^\n]*$/.test(start)) return "is a path: give the key's text, as fs.readFileSync reads it";
  if (!/^(-----BEGIN |PuTTY-User-Key-File)/.test(start))
    return "cannot be used: it is no private key, which begins with -----BEGIN and ends with -----END";
  return undefined;
}

/** Lines as ssh wants them: without indentation, `\r`, or a `\n` that a shell or a `.env` file has made two characters. */
function tidied(text: string): string {
  const lines = text
    .trim()
    .replace(/\\r\\n|\\n|\r\n?/g, "\n")
    .split("\n");
  const pem = lines.map((line) => line.trim()).join("\n");
  // All in one line: the body has neither headers nor spaces of its own.
  const [, begin, body, end] = /^(-----BEGIN [^-]+-----) *(\S[^\n]*?) *(-----END [^-]+-----)$/.exec(pem) ?? [];
  return begin === undefined || body === undefined ? `${pem}\n` : `${begin}\n${body.replace(/ +/g, "\n")}\n${end}\n`;
}

function fromPkcs8(pem: string, passphrase: string | undefined): ParsedKey | string {
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, format: "pem", ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    return inWords(pem.includes("ENCRYPTED") ? "passphrase" : "", passphrase);
  }
  const types = { rsa: "pkcs1", ec: "sec1" } as const;
  const type = key.asymmetricKeyType ?? "";
  if (type === "ed25519") return parsed(openSsh(key));
  if (type !== "rsa" && type !== "ec") return `cannot be used: it is of type ${type}, which SSH does not have`;
  return parsed(key.export({ format: "pem", type: types[type] }).toString());
}

function parsed(text: string): ParsedKey | string {
  const key = utils.parseKey(text);
  const one = Array.isArray(key) ? key[0] : key;
  return one instanceof Error ? inWords(one.message, undefined) : one;
}

/** An Ed25519 key in the format of OpenSSH (PROTOCOL.key), which is the only one of SSH for it. */
function openSsh(key: KeyObject): string {
  const { d = "", x = "" } = key.export({ format: "jwk" });
  const [seed, point] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const type = string(Buffer.from("ssh-ed25519"));
  const check = Buffer.alloc(8);
  const secret = Buffer.concat([
    check,
    type,
    string(point),
    string(Buffer.concat([seed, point])),
    string(Buffer.alloc(0)),
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, at) => at + 1));
  const none = string(Buffer.from("none"));
  const blob = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    none,
    none,
    string(Buffer.alloc(0)),
    Buffer.from([0, 0, 0, 1]),
    string(Buffer.concat([type, string(point)])),
    string(Buffer.concat([secret, padding])),
  ]);
  const body = blob.toString("base64").replace(/.{70}/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function string(data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}

/** Explains the mistake without a byte of the key. */
function inWords(message: string, passphrase: string | undefined): string {
  if (passphrase === undefined && /passphrase/i.test(message))
    return "cannot be used: it has a passphrase; set connection.privateKeyPassword, or put the key into an SSH agent";
  if (passphrase !== undefined && /passphrase|decrypt|integrity|cipher/i.test(message))
    return "cannot be used: the passphrase in connection.privateKeyPassword does not open it";
  if (/sk-(ssh|ecdsa)/.test(message))
    return "cannot be used: it is the handle of a security key (FIDO), which is not supported here";
  if (/Unsupported .*key type/.test(message)) return `cannot be used: ${message}`;
  return "cannot be used: it is damaged, or cut off, or of a kind that is not supported here";
}

/** The public half of a key file: from the file beside it, which is in the clear, else from the key itself. */
export function publicHalf(text: string | undefined, beside: string | undefined): Buffer | undefined {
  for (const candidate of [beside, text]) {
    const key = candidate === undefined ? undefined : utils.parseKey(candidate);
    const first = Array.isArray(key) ? key[0] : key;
    if (first !== undefined && !(first instanceof Error)) return first.getPublicSSH();
  }
  return text === undefined ? undefined : unencryptedHalf(text);
}

/** OpenSSH's own format has the public half in the clear even in an encrypted key. */
function unencryptedHalf(text: string): Buffer | undefined {
  const body = /BEGIN OPENSSH PRIVATE KEY-----([^-]*)-/.exec(tidied(text))?.[1];
  const blob = Buffer.from(body ?? "", "base64");
  let at = 15;
  const next = () => {
    const length = at + 4 <= blob.length ? blob.readUInt32BE(at) : 0;
    at += 4 + length;
    return blob.subarray(at - length, at);
  };
  next();
  next();
  next();
  at += 4;
  const half = next();
  return half.length === 0 ? undefined : half;
}

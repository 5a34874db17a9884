import { createHash } from "node:crypto";

/** The strings that a key blob has (RFC 4251, 5). */
function fieldsOf(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= blob.length; at += 4 + blob.readUInt32BE(at))
    fields.push(blob.subarray(at + 4, at + 4 + blob.readUInt32BE(at)));
  return fields;
}

/** Bits of an RSA key; undefined for a key of another type. */
export function rsaBits(blob: Buffer): number | undefined {
  const [type, , modulus] = fieldsOf(blob);
  if (type?.toString("latin1") !== "ssh-rsa" || !modulus) return undefined;
  const first = modulus.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24;
}

/** The first string of a key blob is its type (RFC 4253, 6.6). */
export function keyType(blob: Buffer): string {
  return blob.length < 4 ? "" : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
}

/** `SHA256:…` and the type, as ssh prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")} (${keyType(key)})`;
}

import { createHmac } from "node:crypto";
import { keyType } from "./key-blob";
import { matchesAny } from "./patterns";

export interface KnownHost {
  readonly marker: "" | "@revoked" | "@cert-authority";
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
}

/** Lines of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT); other lines are skipped, as ssh does. */
export function parseKnownHosts(text: string): KnownHost[] {
  const found: KnownHost[] = [];
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    const marker = words[0] === "@revoked" || words[0] === "@cert-authority" ? words[0] : "";
    const [hosts, type, blob] = marker === "" ? words : words.slice(1);
    if (!hosts || hosts.startsWith("#") || !type || !blob) continue;
    const key = Buffer.from(blob, "base64");
    if (keyType(key) === type) found.push({ marker, hosts, type, key });
  }
  return found;
}

/** Whether a host field names a host: patterns with `*`, `?` and `!`, or one hashed name. */
export function hostMatches(hosts: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|(.+)$/.exec(hosts);
  if (hashed) {
    const [, salt = "", hash = ""] = hashed;
    return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
  }
  return matchesAny(hosts.toLowerCase().split(","), name);
}

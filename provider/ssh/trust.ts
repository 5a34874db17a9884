import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { matchesAny } from "./patterns";
import type { Hop } from "./route";

/** Which host keys are trusted. Fails closed: a key that is neither pinned nor in known_hosts is refused. */
export interface Trust {
  /** Types of the keys that are known for the host, for the negotiation: a host may have keys that are not known. */
  readonly types: readonly string[];
  /** Why a key is refused, or undefined when it is trusted. */
  refuse(key: Buffer): string | undefined;
  /** What is to be said of a key that is trusted although nobody knows it. */
  notice(key: Buffer): string | undefined;
}

export function trustFor(hop: Pick<Hop, "server" | "knownAs" | "knownHostsFiles">): Trust {
  return hop.server.hostKey === undefined ? knownHosts(hop) : pinned(hop.server.hostKey);
}

/** `ssh-ed25519 AAAA… [comment]`, as in a .pub file. */
function pinned(hostKey: string): Trust {
  const [type = "", blob = ""] = hostKey.trim().split(/\s+/);
  const known = Buffer.from(blob, "base64");
  const notice = () => undefined;
  if (known.length === 0 || keyType(known) !== type)
    return {
      types: [],
      notice,
      refuse: () => 'connection.hostKey is not a public key: write it as in "ssh-ed25519 AAAA…"',
    };
  return {
    types: [type],
    notice,
    refuse: (key) => (same(key, known) ? undefined : `${changed(key)}, connection.hostKey is ${fingerprint(known)}`),
  };
}

function knownHosts({ server, knownAs, knownHostsFiles: files }: Parameters<typeof trustFor>[0]): Trust {
  const lines = files.flatMap((file) => parseKnownHosts(readIfThere(file)));
  const matching = lines.filter((line) => hostMatches(line.hosts, knownAs.toLowerCase()));
  const revoked = matching.filter(({ marker }) => marker === "@revoked");
  const trusted = matching.filter(({ marker }) => marker === "");
  const isRevoked = (key: Buffer) => revoked.some((line) => same(line.key, key));
  const isUnknown = (key: Buffer) => !isRevoked(key) && trusted.length === 0;
  const certified = matching.some(({ marker }) => marker === "@cert-authority")
    ? "; its @cert-authority does not count, as certificates of hosts are not supported here: add the host's own key"
    : "";
  return {
    types: [...new Set(trusted.map(({ type }) => type))],
    refuse(key) {
      if (isRevoked(key)) return `its host key ${fingerprint(key)} is marked @revoked in ${files.join(", ")}`;
      if (trusted.some((line) => same(line.key, key))) return undefined;
      const expected = trusted.map((line) => fingerprint(line.key)).join(", ");
      if (trusted.length > 0) return `${changed(key)}, known is ${expected} (${files.join(", ")})`;
      if (server.allowUnknownHostKey === true) return undefined;
      return `its host key is not known: it offers ${fingerprint(key)}, and ${files.join(", ")} has none for ${knownAs}${certified}`;
    },
    notice: (key) =>
      isUnknown(key)
        ? `its host key ${fingerprint(key)} is not known, and anybody may answer in its place: allowUnknownHostKey is set`
        : undefined,
  };
}

function changed(key: Buffer): string {
  return `its host key has changed (another machine answers in its place, or it was installed anew): it offers ${fingerprint(key)}`;
}

interface KnownHost {
  readonly marker: "" | "@revoked" | "@cert-authority";
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
}

/** Lines of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT); what is not one is passed over, as ssh does. */
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

/** The first string of a key blob is its type (RFC 4253, 6.6). */
function keyType(blob: Buffer): string {
  return blob.length < 4 ? "" : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
}

/** `SHA256:…` and the type, as ssh prints it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")} (${keyType(key)})`;
}

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // No file, no known keys: what follows is a refusal, never trust.
  }
}

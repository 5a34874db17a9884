import { timingSafeEqual } from "node:crypto";
import { fingerprint, keyType, rsaBits } from "./key-blob";
import { hostMatches, type KnownHost, parseKnownHosts } from "./known-hosts";
import { readLocalFile } from "./local-file";
import type { Hop } from "./route";

/** Decides which host keys are trusted. Fails closed: a key that is neither pinned nor in known_hosts is refused. */
export interface Trust {
  /** The types of the host's known keys, for the negotiation: a host may have other keys that are not known. */
  readonly types: readonly string[];
  /** The reason why a key is refused, or undefined when it is trusted. */
  refuse(key: Buffer): string | undefined;
  /** A notice about a key that is trusted although it is not known. */
  notice(key: Buffer): string | undefined;
}

export function trustFor(
  hop: Pick<Hop, "server" | "knownAs" | "withoutPort" | "knownHostsFiles" | "requiredRsaSize">,
): Trust {
  const trust = hop.server.hostKey === undefined ? knownHosts(hop) : pinned(hop.server.hostKey);
  return { ...trust, refuse: (key) => tooShort(key, hop.requiredRsaSize) ?? trust.refuse(key) };
}

/** The reason why a key is too short to be trusted, even if it is known. */
function tooShort(key: Buffer, required: number): string | undefined {
  const bits = rsaBits(key);
  if (bits === undefined || bits >= required) return undefined;
  return `its host key ${fingerprint(key)} has ${bits} bits, and RequiredRSASize asks for ${required}`;
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
    refuse: (key) => (same(key, known) ? undefined : `${changed(key, [{ key: known }])} (connection.hostKey)`),
  };
}

function knownHosts({ server, knownAs, withoutPort, knownHostsFiles: files }: Parameters<typeof trustFor>[0]): Trust {
  const read = files.map((file) => ({ file, ...readLocalFile(file) }));
  const lines = read.flatMap((file) => ("text" in file ? parseKnownHosts(file.text) : []));
  const unread = read.flatMap((file) => ("why" in file ? [`${file.file} ${file.why}`] : []));
  const linesFor = (name: string) => lines.filter((line) => hostMatches(line.hosts, name.toLowerCase()));
  const exact = linesFor(knownAs);
  // As in ssh: on another port a key that is known for the name alone is trusted, and a different key there proves nothing.
  const loose = withoutPort === undefined ? [] : linesFor(withoutPort);
  const all = [...exact, ...loose];
  const isMarked = (text: string) => all.filter(({ marker }) => marker === text);
  const known = exact.filter(({ marker }) => marker === "");
  const trusted = isMarked("");
  const includesKey = (some: readonly KnownHost[], key: Buffer) => some.some((line) => same(line.key, key));
  const isUnknown = (key: Buffer) =>
    known.length === 0 && !includesKey(trusted, key) && !includesKey(isMarked("@revoked"), key);
  const certified =
    isMarked("@cert-authority").length > 0
      ? "; its @cert-authority does not count, as certificates of hosts are not supported here: add the host's own key"
      : "";
  return {
    types: [...new Set(trusted.map(({ type }) => type))],
    refuse(key) {
      if (includesKey(isMarked("@revoked"), key))
        return `its host key ${fingerprint(key)} is marked @revoked in ${files.join(", ")}`;
      if (includesKey(trusted, key)) return undefined;
      if (known.length > 0) return `${changed(key, known)} (${files.join(", ")})`;
      // A file that could not be read may know another key, or revoke this one.
      if (server.allowUnknownHostKey === true && unread.length === 0) return undefined;
      const untold = unread.map((why) => `; ${why}`).join("");
      return `its host key is not known: it offers ${fingerprint(key)}, and ${files.join(", ")} has none for ${knownAs}${certified}${untold}`;
    },
    notice: (key) =>
      isUnknown(key)
        ? `its host key ${fingerprint(key)} is not known, so another machine may answer in its place: allowUnknownHostKey is set`
        : undefined,
  };
}

function changed(key: Buffer, known: readonly Pick<KnownHost, "key">[]): string {
  const isOtherType = known.every((line) => keyType(line.key) !== keyType(key));
  const toType = isOtherType ? ", to one of a type that is not known for it" : "";
  const expected = known.map((line) => fingerprint(line.key)).join(", ");
  return `its host key has changed${toType} (the host was reinstalled, or another machine answers in its place): it offers ${fingerprint(key)}, known is ${expected}`;
}

function same(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

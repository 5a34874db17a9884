import { BaseAgent, OpenSSHAgent, type ParsedKey, type SigningRequestOptions, utils } from "ssh2";
import { listAgentKeys } from "./agent-keys";
import { rsaBits } from "./key-blob";

/** A key file. Without its public half it can only be named. */
export interface FileKey {
  readonly path: string;
  readonly half: Buffer | undefined;
  /** The key, or the reason why it cannot sign. */
  readonly key: ParsedKey | string;
}

export interface Keys {
  readonly agent: string | undefined;
  /** Keys that files name, also where only the agent has them. */
  readonly named: readonly FileKey[];
  readonly files: readonly FileKey[];
  /** Use only keys of the agent that files name. */
  readonly only: boolean;
  readonly algorithms: readonly string[];
  readonly requiredRsaSize: number;
}

/** A problem that kept a key from being used, with its remedy. */
export interface Note {
  readonly why: string;
  readonly remedy?: string;
}

interface Entry {
  readonly name: string;
  readonly parsed: ParsedKey;
  /** The key file of an entry; undefined for a key of the agent, which signs itself. */
  readonly file?: FileKey;
}

/**
 * The keys of an agent and of files, in the order in which ssh offers them: the agent's keys that a file names, the agent's
 * others, then the files. The order matters because sshd counts the keys that it rejects.
 */
export class KeyRing extends BaseAgent {
  readonly #keys: Keys;
  #entries: Entry[] = [];
  /** Keys that were not offered, with the reason. */
  readonly notes: Note[] = [];
  /** A key that the host accepts, and that could not sign. */
  unsigned: Note | undefined;
  /** The key that has signed last. */
  signed: string | undefined;
  /** Called when the agent gets a request that a person may have to approve, and when it has answered. */
  onAsking: (isAsking: boolean) => void = () => undefined;

  constructor(keys: Keys) {
    super();
    this.#keys = keys;
  }

  get offered(): number {
    return this.#entries.length;
  }

  override getIdentities(callback: (error?: Error | null, keys?: ParsedKey[]) => void): void {
    this.#load().then(
      () =>
        callback(
          undefined,
          this.#entries.map(({ parsed }) => parsed),
        ),
      (error: Error) => callback(error),
    );
  }

  async #load(): Promise<void> {
    const { agent, named: byFile, files, only } = this.#keys;
    const halves = byFile.flatMap(({ half }) => half ?? []);
    const held = agent === undefined ? [] : await this.#ofAgent(agent);
    const includesKey = (list: readonly Buffer[], key: ParsedKey) =>
      list.some((blob) => blob.equals(key.getPublicSSH()));
    const named = held.filter(({ parsed }) => includesKey(halves, parsed));
    const others = only ? [] : held.filter((entry) => !named.includes(entry));
    const blobs = held.map(({ parsed }) => parsed.getPublicSSH());
    const own = files.flatMap((file): Entry[] => {
      const parsed = file.half && parsedHalf(file.half);
      if (parsed) return includesKey(blobs, parsed) ? [] : [{ name: file.path, parsed, file }];
      if (typeof file.key === "string") this.notes.push({ why: `${file.path} ${file.key}` });
      return [];
    });
    this.#entries = [...named, ...others, ...own].filter((entry) => this.#isAllowed(entry));
  }

  async #ofAgent(agent: string): Promise<Entry[]> {
    const name = `the SSH agent at ${agent}`;
    this.onAsking(true);
    const keys = await listAgentKeys(agent).catch((error: Error) => {
      this.notes.push({
        why: `${name} ${error.message}`,
        remedy: "start an SSH agent, and set SSH_AUTH_SOCK to its socket",
      });
      return undefined;
    });
    this.onAsking(false);
    if (keys?.length === 0)
      this.notes.push({ why: `${name} has no keys, or is locked`, remedy: "add the key with ssh-add" });
    const count = (of: (type: string) => boolean, description: string, remedy: string) => {
      const number = keys?.filter(({ type }) => of(type)).length ?? 0;
      if (number > 0) this.notes.push({ why: `${name} has ${number} ${description}`, remedy });
    };
    count(
      (type) => type.startsWith("sk-"),
      "of security keys (FIDO, sk-…), which are not supported here",
      "log in with a key of another type, which may be in the agent, on a smart card too",
    );
    count(
      (type) => /-cert-v\d+@/.test(type) && !type.startsWith("sk-"),
      "certificates, which are not supported here",
      "log in with a plain key",
    );
    return (keys ?? []).flatMap(({ blob, type }) => {
      const parsed = /^sk-|-cert-/.test(type) ? undefined : parsedHalf(blob);
      return parsed ? [{ name: `a key of ${name}`, parsed }] : [];
    });
  }

  #isAllowed({ name, parsed }: Entry): boolean {
    const { algorithms, requiredRsaSize } = this.#keys;
    const bits = rsaBits(parsed.getPublicSSH());
    const ways = bits === undefined ? [parsed.type] : ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"];
    if (bits !== undefined && bits < requiredRsaSize)
      this.notes.push({ why: `${name} has ${bits} bits, and RequiredRSASize asks for ${requiredRsaSize}` });
    else if (!ways.some((way) => algorithms.includes(way)))
      this.notes.push({ why: `${name} is of a type that PubkeyAcceptedAlgorithms leaves out (${parsed.type})` });
    else return true;
    return false;
  }

  override sign(
    key: ParsedKey | Buffer | string,
    data: Buffer,
    options: SigningRequestOptions | ((error?: Error | null, signature?: Buffer) => void),
    done?: (error?: Error | null, signature?: Buffer) => void,
  ): void {
    const callback = typeof options === "function" ? options : done;
    const hash = typeof options === "function" ? undefined : options.hash;
    const blob = (key as ParsedKey).getPublicSSH();
    const entry = this.#entries.find(({ parsed }) => parsed.getPublicSSH().equals(blob));
    const finish = (error: Error | undefined, signature: Buffer | undefined, note: Omit<Note, "why">) => {
      if (signature) this.signed = entry?.name;
      else this.unsigned = { why: `it accepts ${entry?.name}, but that ${error?.message}`, ...note };
      callback?.(error, signature);
    };
    if (entry?.file) {
      const { key: own } = entry.file;
      const signature = typeof own === "string" ? new Error(own) : (own.sign(data, hash) as Buffer | Error);
      if (signature instanceof Error) finish(signature, undefined, {});
      else finish(undefined, signature, {});
      return;
    }
    this.onAsking(true);
    new OpenSSHAgent(this.#keys.agent ?? "").sign(key, data, hash === undefined ? {} : { hash }, (error, signature) => {
      this.onAsking(false);
      const remedy = "approve it where the agent asks (a touch, a PIN, a window), unlock the agent, or use another key";
      finish(error ? new Error("was not signed with: the agent refuses") : undefined, signature as Buffer | undefined, {
        remedy,
      });
    });
  }
}

function parsedHalf(blob: Buffer): ParsedKey | undefined {
  const type = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
  const key = utils.parseKey(`${type} ${blob.toString("base64")}`);
  const one = Array.isArray(key) ? key[0] : key;
  return one instanceof Error ? undefined : one;
}

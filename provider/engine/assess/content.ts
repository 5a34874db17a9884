import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../errors";
import type { Declaration } from "../../intent/declaration";
import { type Archive, type Asset, isArchive, isAsset } from "../../model/asset";
import { type Digest, digestOf } from "../../model/digest";
import { pick, type Values } from "../../model/values";
import type { ResourceKind } from "../../resources/kind";

/** The content that a resource puts into a file. Its bytes are read on demand, and a large file is never held whole. */
export interface Content {
  readonly digest: Digest;
  readonly isSecret: boolean;
  /** Set for a text: all its bytes. */
  readonly bytes?: Buffer;
  chunks(): AsyncIterable<Buffer>;
}

/** Whether a resource's inputs or outputs mark the content of its file as a secret. */
export function isSecretIn(values: Values): boolean {
  return values["contentIsSecret"] === true || values["secret"] === true;
}

/**
 * The arguments as the registry keeps them. They mark a secret content, so that a later declaration of the file shows nothing
 * of it.
 */
export function recordedArgs(kind: ResourceKind, inputs: Values): Record<string, unknown> {
  const isSecret = kind.keys.includes("secret") && isSecretIn(inputs);
  return { ...kind.recorded(pick(inputs, kind.keys)), ...(isSecret ? { secret: true } : {}) };
}

/** The facts about a content that other resources may know. */
export function contentWish(content: Content | undefined): Pick<Declaration, "content"> {
  return content ? { content: { digest: content.digest, isSecret: content.isSecret } } : {};
}

/** The content that arguments state, or undefined where the host has it. Rejects with a reason when it cannot be read here. */
export async function contentOf(args: Values, isSecret: boolean): Promise<Content | undefined> {
  const { content, source, entry } = args;
  if (typeof content === "string") return ofText(content, isSecret);
  if (isAsset(source)) return ofAsset(source, isSecret);
  // A state keeps the checksum of a whole archive, which does not identify one entry.
  if (isArchive(source) && (source.assets ?? source.path) !== undefined)
    return ofEntry(source, String(entry), isSecret);
  return undefined;
}

function ofText(text: string, isSecret: boolean): Content {
  const bytes = Buffer.from(text, "utf8");
  return {
    digest: digestOf(text),
    isSecret,
    bytes,
    async *chunks() {
      yield bytes;
    },
  };
}

async function ofAsset({ text, path, hash }: Asset, isSecret: boolean): Promise<Content> {
  if (text !== undefined) return ofText(text, isSecret);
  if (path !== undefined) {
    const found = ofFile(path, isSecret);
    if (hash === undefined) return found;
    // An asset of the state may have changed on disk since: a refresh and ignoreChanges need its earlier checksum.
    const content = await found.catch(() => undefined);
    if (content?.digest.sha256 === hash) return content;
  }
  if (hash === undefined) throw new Error("the asset has neither a text nor a path");
  return { digest: { sha256: hash }, isSecret, chunks: unknownChunks };
}

async function* unknownChunks(): AsyncIterable<Buffer> {
  yield Buffer.alloc(0);
  throw new Error("the content of an asset of the state is not known");
}

/** A name in an archive that the program has made, or in a directory. */
async function ofEntry({ assets, path }: Archive, entry: string, isSecret: boolean): Promise<Content> {
  const [first = "", ...rest] = entry.split("/");
  if (assets) {
    const found = assets[entry] ?? assets[first];
    if (isAsset(found) && (found === assets[entry] || rest.length === 0)) return ofAsset(found, isSecret);
    if (isArchive(found)) return ofEntry(found, rest.join("/"), isSecret);
    throw new Error(`the archive has no entry ${entry}, it has ${Object.keys(assets).sort().slice(0, 10).join(", ")}`);
  }
  if (path === undefined) throw new Error("the archive has neither assets nor a path");
  if (entry.split("/").includes("..")) throw new Error(`the entry ${entry} leaves the archive`);
  if (!statSync(path).isDirectory())
    throw new Error(`${path} is a packed archive: unpack it, and give the directory or a FileAsset`);
  return ofFile(join(path, entry), isSecret);
}

/** Digests of files by path, with the facts that show a later change of a file: an `up` asks for each at least twice. */
const digests = new Map<string, { readonly stamp: string; readonly digest: Digest }>();

async function ofFile(path: string, isSecret: boolean): Promise<Content> {
  // Node reads 64 KiB at once by default, and takes twice as long.
  const chunks = () => createReadStream(path, { highWaterMark: 512 * 1024 }) as AsyncIterable<Buffer>;
  try {
    const { size, mtimeNs, ctimeNs, dev, ino } = await stat(path, { bigint: true });
    const stamp = [size, mtimeNs, ctimeNs, dev, ino].join();
    const known = digests.get(path);
    if (known?.stamp === stamp) return { digest: known.digest, isSecret, chunks };
    const digest = await digestOfAll(chunks());
    // A file changed at this moment may change once more within the same tick of the clock.
    if (Date.now() - Number(ctimeNs / 1_000_000n) > 1000) digests.set(path, { stamp, digest });
    return { digest, isSecret, chunks };
  } catch (error) {
    throw new Error(`cannot read ${path}: ${messageOf(error)}`);
  }
}

async function digestOfAll(chunks: AsyncIterable<Buffer>): Promise<Digest> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    hash.update(chunk);
  }
  return { size, sha256: hash.digest("hex") };
}

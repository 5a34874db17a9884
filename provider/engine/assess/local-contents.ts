import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { messageOf } from "../../errors";
import { type Archive, type Asset, type GivenContent, isArchive, isAsset } from "../../model/asset";
import { type Digest, digestOf } from "../../model/digest";
import type { Content } from "./content";

/** Contents that this machine has: texts, files, and entries of archives. It remembers the digests of files, as an `up` asks for each at least twice. */
export class LocalContents {
  /** By path, with the facts that show a later change of a file. */
  readonly #digests = new Map<string, { readonly stamp: string; readonly digest: Digest }>();

  /** Reads a content that a program gives. Rejects with a reason when it cannot be read here. */
  async of(given: GivenContent | undefined, isSecret: boolean): Promise<Content | undefined> {
    if (given === undefined) return undefined;
    if ("text" in given) return ofText(given.text, isSecret);
    return "asset" in given
      ? this.#ofAsset(given.asset, isSecret)
      : this.#ofEntry(given.archive, given.entry, isSecret);
  }

  async #ofAsset({ text, path, hash }: Asset, isSecret: boolean): Promise<Content> {
    if (text !== undefined) return ofText(text, isSecret);
    if (path !== undefined) {
      const found = this.#ofFile(path, isSecret);
      if (hash === undefined) return found;
      // An asset of the state may have changed on disk since: a refresh and ignoreChanges need its earlier checksum.
      const content = await found.catch(() => undefined);
      if (content?.digest.sha256 === hash) return content;
    }
    if (hash === undefined) throw new Error("the asset has neither a text nor a path");
    return { digest: { sha256: hash }, isSecret, chunks: unknownChunks };
  }

  /** A name in an archive that the program has made, or in a directory. */
  async #ofEntry({ assets, path }: Archive, entry: string, isSecret: boolean): Promise<Content> {
    const [first = "", ...rest] = entry.split("/");
    if (assets) {
      const found = assets[entry] ?? assets[first];
      if (isAsset(found) && (found === assets[entry] || rest.length === 0)) return this.#ofAsset(found, isSecret);
      if (isArchive(found)) return this.#ofEntry(found, rest.join("/"), isSecret);
      throw new Error(
        `the archive has no entry ${entry}, it has ${Object.keys(assets).sort().slice(0, 10).join(", ")}`,
      );
    }
    if (path === undefined) throw new Error("the archive has neither assets nor a path");
    if (entry.split("/").includes("..")) throw new Error(`the entry ${entry} leaves the archive`);
    if (!statSync(path).isDirectory())
      throw new Error(`${path} is a packed archive: unpack it, and give the directory or a FileAsset`);
    return this.#ofFile(join(path, entry), isSecret);
  }

  async #ofFile(path: string, isSecret: boolean): Promise<Content> {
    // Node reads 64 KiB at once by default, and takes twice as long.
    const chunks = () => createReadStream(path, { highWaterMark: 512 * 1024 }) as AsyncIterable<Buffer>;
    try {
      const { size, mtimeNs, ctimeNs, dev, ino } = await stat(path, { bigint: true });
      const stamp = [size, mtimeNs, ctimeNs, dev, ino].join();
      const known = this.#digests.get(path);
      if (known?.stamp === stamp) return { digest: known.digest, isSecret, chunks };
      const digest = await digestOfAll(chunks());
      // A file changed at this moment may change once more within the same tick of the clock.
      if (Date.now() - Number(ctimeNs / 1_000_000n) > 1000) this.#digests.set(path, { stamp, digest });
      return { digest, isSecret, chunks };
    } catch (error) {
      throw new Error(`cannot read ${path}: ${messageOf(error)}`);
    }
  }
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

async function* unknownChunks(): AsyncIterable<Buffer> {
  yield Buffer.alloc(0);
  throw new Error("the content of an asset of the state is not known");
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

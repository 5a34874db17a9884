import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { GivenContent } from "../../model/asset";
import { contentPlace } from "../../model/content-place";
import { type Digest, digestOf } from "../../model/digest";
import { packedReason, unreadableReason } from "../../resources/local-source";
import type { Content } from "./content";

/** Contents that this machine has: texts, files, and entries of archives. It remembers the digests of files, as an `up` asks for each at least twice. */
export class LocalContents {
  /** By path, with the facts that show a later change of a file. */
  readonly #digests = new Map<string, { readonly stamp: string; readonly digest: Digest }>();

  /** Reads a content that a program gives. Rejects with a reason when it cannot be read here. */
  async of(given: GivenContent | undefined, isSecret: boolean): Promise<Content | undefined> {
    if (given === undefined) return undefined;
    const place = contentPlace(given);
    if ("text" in place) return ofText(place.text, isSecret);
    if (!("file" in place)) return ofState(place.hash, isSecret);
    const packed = packedReason(place);
    if (packed !== undefined) throw new Error(packed);
    const found = this.#ofFile(place.file, isSecret);
    if (place.hash === undefined) return found;
    // An asset of the state may have changed on disk since: a refresh and ignoreChanges need its earlier checksum.
    const content = await found.catch(() => undefined);
    return content?.digest.sha256 === place.hash ? content : ofState(place.hash, isSecret);
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
      throw new Error(unreadableReason(path, error));
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

/** A content of which a state keeps the checksum alone. */
function ofState(sha256: string, isSecret: boolean): Content {
  return { digest: { sha256 }, isSecret, chunks: unknownChunks };
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

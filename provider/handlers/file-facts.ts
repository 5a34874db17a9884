import type { Use } from "../agent/asking";
import { askFiles } from "../agent/files";
import type { Site } from "../agent/site";
import { type FileClaim, isOnHost, onHost } from "../intent/file-claim";
import type { Bytes } from "../model/bytes";
import { isDeviceType } from "../model/device";
import type { Digest } from "../model/digest";
import type { Live } from "../model/entry";
import type { FileFacts, HostPlace, LiveContent } from "../observe/files";
import { isWithin } from "../plan/zone";

/** Bytes of a file that is read although nobody knows yet what is declared for it: it saves a round trip for each. */
const small = 1024 * 1024;
/** No jail has more; the numbers of others are not told. */
const mostDevices = 500;

/** What has been learned of files since a look; asked for when somebody declares them, all that are known in one request. */
export class KnownFiles {
  readonly #contents = new Map<Bytes, LiveContent>();
  readonly #places = new Map<Bytes, HostPlace>();
  /** Where links in the jail point to, on a host whose scan does not tell. */
  readonly #targets = new Map<Bytes, Bytes | undefined>();
  /** Which devices there are, by inode: a node never becomes another one. */
  readonly #devices = new Map<string, string>();
  /** The file or link in the jail that was read under a path. */
  readonly #read = new Map<Bytes, string>();

  async learn(
    site: Site,
    files: readonly FileClaim[],
    entries: ReadonlyMap<Bytes, Live>,
    use: Use,
    more: readonly Bytes[] = [],
  ): Promise<FileFacts> {
    const contents = new Set<Bytes>();
    const places = new Set(more.filter((path) => !this.#places.has(path)));
    const links = new Map<Bytes, Bytes>();
    for (const claim of files) {
      const { at, is } = claim;
      if (isOnHost(at) && !this.#places.has(at)) places.add(at);
      if (is.type === "link" && this.#isToFollow(at, entries.get(at))) links.set(at, onHost(site.root, at));
      if (is.type !== "file") continue;
      if (is.content?.from === "host" && !this.#contents.has(is.content.path)) contents.add(is.content.path);
      if (isOnHost(at) ? places.has(at) : this.#isToRead(claim, entries.get(at))) contents.add(at);
    }
    const devices = this.#unknownDevices(entries);
    let refused: FileFacts["refused"];
    if (contents.size + places.size + links.size + devices.length > 0) {
      const asked = { contents: [...contents], places: [...places, ...links.values()], devices };
      const found = await use((agent) => askFiles(agent, site, asked));
      refused = found.refused;
      for (const [path, content] of found.contents) this.#contents.set(path, content);
      for (const path of places) this.#places.set(path, found.places.get(path) ?? {});
      for (const at of devices) this.#devices.set(entries.get(at)?.inode ?? "", found.devices?.get(at) ?? "");
      for (const [at, path] of links) this.#targets.set(at, found.places.get(path)?.live?.target);
    }
    return {
      contents: new Map(this.#contents),
      places: new Map(this.#places),
      targets: new Map(this.#targets),
      devices: this.#devicesIn(entries),
      // What is refused is asked for each time.
      ...(refused ? { refused } : {}),
    };
  }

  #unknownDevices(entries: ReadonlyMap<Bytes, Live>): Bytes[] {
    const found: Bytes[] = [];
    for (const [at, { type, inode }] of entries)
      if (isDeviceType(type) && !this.#devices.has(inode) && found.length < mostDevices) found.push(at);
    return found;
  }

  #devicesIn(entries: ReadonlyMap<Bytes, Live>): Map<Bytes, string> {
    const found = new Map<Bytes, string>();
    for (const [at, { type, inode }] of entries) {
      const device = isDeviceType(type) ? this.#devices.get(inode) : undefined;
      if (device) found.set(at, device);
    }
    return found;
  }

  /** What was put in place a moment ago, and checked before. */
  placed(at: Bytes, inode: string | undefined, content: Digest | undefined): void {
    const { size, sha256 } = content ?? {};
    if (inode === undefined || size === undefined || sha256 === undefined) return;
    this.#read.set(at, inode);
    this.#contents.set(at, { size, sha256 });
  }

  /** Files whose names only root can change from now on: what was read before may have been another one for that moment. */
  forgetBelow(tops: readonly Bytes[]): void {
    for (const at of this.#read.keys())
      if (isWithin(at, tops)) {
        this.#read.delete(at);
        this.#contents.delete(at);
      }
  }

  /** Places on the host, of which something was changed. */
  forgetHost(): void {
    for (const path of this.#places.keys()) this.#contents.delete(path);
    this.#places.clear();
  }

  #isToFollow(at: Bytes, live: Live | undefined): boolean {
    if (live?.type !== "link" || live.target !== undefined || this.#read.get(at) === live.inode) return false;
    this.#read.set(at, live.inode);
    return true;
  }

  #isToRead({ at, is }: FileClaim, live: Live | undefined): boolean {
    if (live?.type !== "file" || is.type !== "file") {
      this.#contents.delete(at);
      return false;
    }
    const { size = 0, inode } = live;
    const wanted = is.content?.from === "program" ? is.content.digest.size : undefined;
    const isWorth = wanted === undefined ? is.content !== undefined || size <= small : size === wanted;
    if (this.#read.get(at) === inode && (this.#contents.get(at)?.sha256 !== undefined || !isWorth)) return false;
    this.#read.set(at, inode);
    this.#contents.set(at, { size });
    return isWorth;
  }
}

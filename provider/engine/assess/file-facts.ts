import { askFiles } from "../../agent/requests/files";
import { type FileClaim, isOnHost, onHost } from "../../intent/file-claim";
import type { Bytes } from "../../model/bytes";
import { isDeviceType } from "../../model/device";
import type { Digest } from "../../model/digest";
import type { Live } from "../../model/entry";
import type { FileFacts, HostPlace, LiveContent } from "../../observe/file-facts";
import { isWithin } from "../../plan/seal/zone";
import type { HostAccess } from "./jail-context";

/** Bytes up to which a file is read before its declaration is known: it saves a round trip for each file. */
const small = 1024 * 1024;
/** No jail has more devices; the numbers of further ones are not told. */
const mostDevices = 500;

/** The facts learned of files since the last look. A declared file is asked for, and one request asks for all known files. */
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
    { site, use }: HostAccess,
    files: readonly FileClaim[],
    entries: ReadonlyMap<Bytes, Live>,
    more: readonly Bytes[],
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
      const question = { contents: [...contents], places: [...places, ...links.values()], devices };
      const found = await use((agent) => askFiles(agent, question));
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
      // A refused file is asked for each time.
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

  /** Notes a file that this run has just checked and put in place. */
  placed(at: Bytes, inode: string | undefined, content: Digest | undefined): void {
    const { size, sha256 } = content ?? {};
    if (inode === undefined || size === undefined || sha256 === undefined) return;
    this.#read.set(at, inode);
    this.#contents.set(at, { size, sha256 });
  }

  /** Forgets files whose names only root can change from now on: until now another file could have taken the name of one. */
  forgetBelow(tops: readonly Bytes[]): void {
    for (const at of this.#read.keys())
      if (isWithin(at, tops)) {
        this.#read.delete(at);
        this.#contents.delete(at);
      }
  }

  /** Forgets all places on the host, after a change to one. */
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

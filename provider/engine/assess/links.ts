import { askFiles } from "../../agent/requests/files";
import type { Intent } from "../../intent/expectation";
import { type FileClaim, isOnHost, onHost } from "../../intent/file-claim";
import { type Bytes, bytesOf } from "../../model/bytes";
import type { Live } from "../../model/entry";
import type { Observation } from "../../observe/observation";
import { type Links, linksOf } from "../../plan/contents/links";
import type { HostAccess } from "./jail-context";

/** An observation, and the links in it that declared paths lead through. */
interface Followed {
  readonly links: Links;
  readonly observation: Observation;
}

/** Where links lead on a host whose scan does not tell; asked for once, as an inode never gets another target. */
export class KnownLinks {
  /** By inode; undefined where another link stood there when the host was asked. */
  readonly #targets = new Map<string, Bytes | undefined>();

  async with(observation: Observation, intent: Intent, files: readonly FileClaim[], on: HostAccess): Promise<Followed> {
    const { site, use } = on;
    const seen = this.#withTargets(observation);
    const links = linksOf(intent, seen, files);
    const withoutTarget = [...links.untold, ...shownOnHost(seen.entries, files, site.root)];
    const unread = withoutTarget.filter((at) => !this.#targets.has(inodeOf(seen.entries.get(at))));
    if (unread.length === 0) return { links, observation: seen };
    const places = unread.map((at) => onHost(site.root, at));
    const facts = await use((agent) => askFiles(agent, { contents: [], places }));
    for (const [index, at] of unread.entries()) {
      const inode = inodeOf(seen.entries.get(at));
      const live = facts.places.get(places[index] ?? bytesOf(""))?.live;
      this.#targets.set(inode, live?.inode === inode ? live.target : undefined);
    }
    // One link may lead to another one.
    return this.with(observation, intent, files, on);
  }

  #withTargets(observation: Observation): Observation {
    if (this.#targets.size === 0) return observation;
    const entries = new Map(observation.entries);
    for (const [at, live] of entries) {
      const target = live.type === "link" && live.target === undefined ? this.#targets.get(live.inode) : undefined;
      if (target !== undefined) entries.set(at, { ...live, target });
    }
    return { ...observation, entries };
  }
}

/** A directory that a link on the host leads to may have links in it that lead anywhere in the jail. */
function shownOnHost(entries: Observation["entries"], files: readonly FileClaim[], root: string): Bytes[] {
  const top = `${bytesOf(root)}/`;
  const isShown = ({ at, is }: FileClaim) => isOnHost(at) && is.type === "link" && is.target.startsWith(top);
  if (!files.some(isShown)) return [];
  return [...entries].flatMap(([at, { type, target }]) => (type === "link" && target === undefined ? at : []));
}

function inodeOf(live: Live | undefined): string {
  return live?.inode ?? "";
}

import type { Use } from "../../agent/channel/lease";
import { askFiles } from "../../agent/requests/files";
import { type Merged, withClaims } from "../../intent/merge";
import { bindPointClaims, type MountClaim } from "../../intent/mount-claim";
import type { Bytes } from "../../model/bytes";
import type { EntryType } from "../../model/entry";
import type { Observation } from "../../observe/observation";

/** The intent for a jail, with the mount points of its mounts. */
interface WithMounts {
  readonly merged: Merged;
  /** The mounts that the Jail declares. */
  readonly mounts: readonly MountClaim[];
}

/** Types of the sources of binds on the host: a directory is mounted on a directory, anything else on a file. Asked for once. */
export class KnownSources {
  readonly #types = new Map<Bytes, EntryType | undefined>();

  async with(merged: Merged, { entries }: Pick<Observation, "entries">, use: Use): Promise<WithMounts> {
    const { jail } = merged;
    if (!jail) return { merged, mounts: [] };
    const { mounts: declared } = jail.intent;
    const sources = declared.flatMap(({ is }) => (is.type === "bind" ? is.source : []));
    const places = [...new Set(sources)].filter((source) => !this.#types.has(source));
    if (places.length > 0) {
      const found = await use((agent) => askFiles(agent, { contents: [], places }));
      for (const source of places) this.#types.set(source, found.places.get(source)?.live?.type);
    }
    const mounts = declared.map((claim): MountClaim => {
      const { at, is } = claim;
      if (is.type !== "bind") return claim;
      const here = entries.get(at)?.type;
      // Users who may change the source do not decide which entry of the jail is moved away.
      const isHeld = is.isUntrusted && (here === "file" || here === "directory");
      const type = isHeld ? here : this.#types.get(is.source);
      return type === "file" || type === "socket" ? { ...claim, is: { ...is, shows: type } } : claim;
    });
    return { merged: withClaims(merged, bindPointClaims(mounts)), mounts };
  }
}

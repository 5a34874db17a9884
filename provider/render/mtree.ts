import type { Claim } from "../intent/claim";
import { expected } from "../intent/expected";
import type { Merged } from "../intent/merge";
import { ancestors, type Bytes, bytesOf, show } from "../model/bytes";
import { type EntryType, type Live, principalId } from "../model/entry";
import { formatMode } from "../model/mode";
import { quarantineName } from "../model/path";
import type { Observation } from "../observe/observation";
import { type Wanted, withWanted } from "../plan/difference";
import { partsOf } from "../plan/parts";
import { MtreeWriter } from "./mtree-writer";

/** Keywords of an entry; a field that nobody holds is absent. */
export interface MtreeEntry {
  readonly type?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: string;
  readonly link?: Bytes;
  /** It need not be there. */
  readonly optional?: boolean;
  /** Neither it nor what is below it is looked at. */
  readonly ignore?: boolean;
}

const types: Partial<Record<EntryType, string>> = {
  file: "file",
  directory: "dir",
  link: "link",
  fifo: "fifo",
  socket: "socket",
  "character device": "char",
  "block device": "block",
};

const left: MtreeEntry = { optional: true, ignore: true };

/**
 * A specification for NetBSD's `mtree -f`: what is there, with owners and modes as they are declared. Of what is left alone,
 * or is the daemon's to come and go, it says so; ACLs and capabilities it has no words for.
 */
export function mtree(merged: Merged, observation: Observation): string {
  const { claims } = merged.intent;
  const expectation = expected(merged.intent);
  const runtime = claims.filter((claim) => claim.runtime === true);
  const open = claims.filter(({ tier, presence }) => tier === "writable" && presence === "required");
  const openPaths = new Set(open.map(({ match }) => match.literal));
  const isOpenBelow = (path: Bytes) =>
    path !== "." && ["." as Bytes, ...ancestors(path)].some((above) => openPaths.has(above));
  const entries = new Map<Bytes, MtreeEntry>();
  const wanted = (path: Bytes, live: Live | undefined): Wanted => {
    const composed = expectation.at(path, live?.type ?? "directory") ?? {};
    const isDirectory = (live?.type ?? "directory") === "directory";
    const parts = partsOf(composed, live, isDirectory, {
      acl: observation.can.acl,
      capabilities: false,
      idOf: (what, name) => principalId(name, observation.principals[what === "user" ? "uids" : "gids"]),
      missing: () => undefined,
    });
    return parts.reduce<Wanted>((sum, part) => withWanted(sum, part.want), {});
  };
  for (const [path, there] of observation.entries) {
    if (expectation.excluded(path)) {
      const isTop = !ancestors(path).some((above) => expectation.excluded(above));
      if (isTop) entries.set(path, left);
      continue;
    }
    const isRequired = expectation.required.has(path);
    const live = isRequired && there.type !== "directory" ? undefined : there;
    const fields = fieldsOf(wanted(path, live));
    const isHeld = fields.uid !== undefined || fields.gid !== undefined || fields.mode !== undefined;
    if (isOpenBelow(path) && !isRequired && !isHeld) continue;
    const type = types[live?.type ?? "directory"];
    const mayGo = !isRequired && (isOpenBelow(path) || runtime.some((claim) => matches(claim, path)));
    entries.set(path, {
      ...(type === undefined ? {} : { type }),
      ...fields,
      ...(live?.target === undefined ? {} : { link: live.target }),
      ...(mayGo ? { optional: true } : {}),
    });
  }
  for (const path of expectation.required.keys())
    if (!entries.has(path) && !expectation.excluded(path))
      entries.set(path, { type: "dir", ...fieldsOf(wanted(path, undefined)) });
  for (const path of observation.mounts) entries.set(path, left);
  if (!entries.has(quarantineName as Bytes)) entries.set(quarantineName as Bytes, left);
  const root = show(bytesOf(String(merged.jail?.args["root"] ?? "")));
  const isOpen = (path: Bytes) => openPaths.has(path) || isOpenBelow(path);
  return `#mtree\n# The jail ${root}, as pulumi-chroot declares it: mtree -f THIS -p ROOT\n${new MtreeWriter(entries, isOpen).text()}`;
}

function matches({ match, except }: Claim, path: Bytes): boolean {
  return match.matches(path) && !except.some((glob) => glob.matches(path));
}

/** A mode is said only where all of its bits are held. */
function fieldsOf({ uid, gid, mode }: Wanted): Pick<MtreeEntry, "uid" | "gid" | "mode"> {
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(mode?.mask === 0o7777 ? { mode: formatMode(mode.bits) } : {}),
  };
}

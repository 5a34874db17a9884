import type { Claim } from "../../intent/claim";
import { expectationOf } from "../../intent/expectation";
import type { Merged } from "../../intent/merge";
import { type Bytes, bytesOf, show } from "../../model/bytes";
import { type EntryType, type Live, principalId } from "../../model/entry";
import { formatMode } from "../../model/mode";
import { ancestors, quarantineName } from "../../model/path";
import type { Observation } from "../../observe/observation";
import { Programs } from "../../plan/contents/programs";
import { type Wanted, withWanted } from "../../plan/difference";
import { fieldsOf } from "../../plan/fields";
import { type MtreeEntry, MtreeWriter } from "./mtree-writer";

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
 * A specification for NetBSD's `mtree -f`: the present entries with their declared owners and modes. It marks entries that are
 * left alone and entries that the daemon makes and removes. mtree has no keywords for ACLs and capabilities.
 */
export function mtree(merged: Merged, observation: Observation): string {
  const { claims } = merged.intent;
  const expectation = expectationOf(merged.intent);
  const programs = new Programs(observation, expectation);
  const runtime = claims.filter((claim) => claim.runtime === true);
  const open = claims.filter(({ tier, presence }) => tier === "writable" && presence === "required");
  const openPaths = new Set(open.map(({ match }) => match.literal));
  const isOpenBelow = (path: Bytes) =>
    path !== "." && ["." as Bytes, ...ancestors(path)].some((above) => openPaths.has(above));
  const entries = new Map<Bytes, MtreeEntry>();
  const wanted = (path: Bytes, live: Live | undefined): Wanted => {
    const composed = expectation.at(path, programs.typeOf(path, live?.type ?? "directory")) ?? {};
    const isDirectory = (live?.type ?? "directory") === "directory";
    const parts = fieldsOf(composed, live, isDirectory, {
      acl: observation.can.acl,
      capabilities: false,
      idOf: (kind, name) => principalId(name, observation.principals[kind === "user" ? "uids" : "gids"]),
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
    const fields = keywordsOf(wanted(path, live));
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
      entries.set(path, { type: "dir", ...keywordsOf(wanted(path, undefined)) });
  for (const path of observation.mounts) entries.set(path, left);
  if (!entries.has(quarantineName as Bytes)) entries.set(quarantineName as Bytes, left);
  const root = show(bytesOf(merged.jail?.intent.root ?? ""));
  const isOpen = (path: Bytes) => openPaths.has(path) || isOpenBelow(path);
  return `#mtree\n# The jail ${root}, as pulumi-chroot declares it: mtree -f THIS -p ROOT\n${new MtreeWriter(entries, isOpen).text()}`;
}

function matches({ match, except }: Claim, path: Bytes): boolean {
  return match.matches(path) && !except.some((glob) => glob.matches(path));
}

/** A mode is written only where all of its bits are held. */
function keywordsOf({ uid, gid, mode }: Wanted): Pick<MtreeEntry, "uid" | "gid" | "mode"> {
  return {
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(mode?.mask === 0o7777 ? { mode: formatMode(mode.bits) } : {}),
  };
}

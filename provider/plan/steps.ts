import { type Owner, sameOwner } from "../intent/claim";
import type { Bytes } from "../model/bytes";
import type { Live } from "../model/entry";
import type { Mode } from "../model/mode";
import type { Wanted } from "./difference";
import type { Plan } from "./plan";

/** What is done to one path. Fields that belong to nobody who is converged stay as they are live. */
export interface Step {
  readonly path: Bytes;
  /** `make` a directory where nothing is; `replace` something else by one, after moving it away; else `set` what differs. */
  readonly action: "make" | "replace" | "set";
  readonly owner?: { readonly uid: number; readonly gid: number };
  readonly mode?: Mode;
}

/** A directory that is made shows nothing to anybody until whoever owns its fields sets them. */
const fresh = { uid: 0, gid: 0, mode: 0o700 };

/** The least that makes the plan's paths right for these owners, one step for each path, parents first. */
export function steps(plan: Plan, owners: readonly Owner[]): Step[] {
  const wanted = new Map<Bytes, { live: Live | undefined; want: Wanted; above: readonly Bytes[] }>();
  for (const { path, owner, live, want, above = [], blocked } of plan.differences) {
    if (blocked !== undefined || !owners.some((one) => sameOwner(one, owner))) continue;
    wanted.set(path, { live, want: { ...wanted.get(path)?.want, ...want }, above });
  }
  // What stands above a missing directory may be a link to anywhere: it is made only below what is made in the same run.
  const isSound = (above: readonly Bytes[]) => above.every((path) => wanted.get(path)?.want.type === "directory");
  return [...wanted]
    .filter(([, { above }]) => isSound(above))
    .map(([path, { live, want }]) => step(path, live, want))
    .sort((a, b) => depth(a.path) - depth(b.path));
}

function step(path: Bytes, live: Live | undefined, want: Wanted): Step {
  const inPlace = live !== undefined && want.type === undefined;
  const action = inPlace ? "set" : live ? "replace" : "make";
  const base = inPlace ? live : fresh;
  const uid = want.uid ?? base.uid;
  const gid = want.gid ?? base.gid;
  const mode = want.mode ? (base.mode & ~want.mode.mask) | want.mode.bits : base.mode;
  return {
    path,
    action,
    ...(uid !== base.uid || gid !== base.gid ? { owner: { uid, gid } } : {}),
    ...(mode !== base.mode ? { mode } : {}),
  };
}

function depth(path: Bytes): number {
  return path === "." ? 0 : path.split("/").length;
}

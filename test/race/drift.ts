import { chmodSync, chownSync, closeSync, existsSync, lstatSync, openSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LabHost } from "../support/sshd";
import * as scene from "./scene";

/** Numbers from a seed, so that a campaign can be had again (its race cannot). */
export function randomOf(seed: number): (limit: number) => number {
  let state = seed >>> 0 || 1;
  return (limit) => {
    // xorshift32
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

const wrongModes = [0o666, 0o777, 0o4755, 0o600, 0o2771, 0o640, 0];
const wrongOwners = [scene.www, scene.alice, { uid: 0, gid: 0 }, { uid: scene.www.uid, gid: 0 }];

/** Damages some of the jail as root, while the attacker stands still; returns the changes. */
export function plant(host: LabHost, layout: scene.Layout, random: (limit: number) => number): string[] {
  const at = (path: string) => host.path(`${scene.root}/${path}`);
  const done: string[] = [];
  const one = <T>(of: readonly T[]): T => of[random(of.length)] as T;
  const spoil = (path: string, modes: readonly number[]) => {
    const seen = lstatSync(at(path), { throwIfNoEntry: false });
    // Where the daemon may write, a name may be a link by now, or a second name of a file outside: the change there would be our own.
    if (!seen?.isDirectory() && !(seen?.isFile() && seen.nlink === 1)) return;
    const mode = one(modes);
    const { uid, gid } = one(wrongOwners);
    const which = random(3);
    if (which !== 0) chownSync(at(path), uid, gid);
    if (which !== 1) chmodSync(at(path), mode);
    done.push(`${path}${which === 0 ? "" : ` ${uid}:${gid}`}${which === 1 ? "" : ` ${mode.toString(8)}`}`);
  };
  const free = layout === "hot" ? scene.writable : scene.coldPaths.filter((path) => path !== ".");
  for (let count = 1 + random(3); count > 0; count--) spoil(one(free), wrongModes);
  if (layout === "cold" && random(3) === 0) {
    chmodSync(at(scene.opened), 0o777);
    done.push(`${scene.opened} 777`);
  }
  if (random(2)) spoil(one(scene.writable), [0o777, 0o700, 0o2770, 0o775, 0]);
  if (layout === "hot" && random(2)) spoil(".", [0o777, 0o700, 0o2770, 0o775]);
  const top = layout === "hot" ? "." : one(scene.writable);
  if (random(2)) done.push(setuidFile(join(at(top), "f0")));
  if (random(4) === 0) done.push(...aclDirectory(host, join(at(top), "d0")));
  return done;
}

function setuidFile(path: string): string {
  rmSync(path, { recursive: true, force: true });
  closeSync(openSync(path, "wx"));
  chmodSync(path, 0o4755);
  return `${path.replace(/^.*\/srv\//, "")} setuid`;
}

/** Moves a spare one there, while there are any. */
function aclDirectory(host: LabHost, path: string): string[] {
  const spare = scene.spareDirectories.map((one) => host.path(one)).find((one) => existsSync(one));
  if (spare === undefined) return [];
  rmSync(path, { recursive: true, force: true });
  renameSync(spare, path);
  return [`${path.replace(/^.*\/srv\//, "")} with an ACL`];
}

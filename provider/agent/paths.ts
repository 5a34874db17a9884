import { isOnHost } from "../intent/file-claim";
import { type Bytes, fromWire, toBuffer } from "../model/bytes";

/** Paths as the agent writes and reads them: those in the jail begin with `.//`, which no name contains. */

/** Reads a path in the jail that the agent prints; the root is `.`. */
export function fromAgent(path: string): Bytes {
  const inside = path.replace(/^\.\/+/, "");
  return fromWire(inside === "" ? "." : inside);
}

/** Writes a path in the jail for the agent. */
export function toAgent(path: Bytes): string {
  return path === "." ? ".//" : `.//${path}`;
}

/** Writes a path for the agent: below the jail's root, or on the host by its absolute path. */
export function placeToAgent(at: Bytes): Bytes {
  return isOnHost(at) ? at : fromWire(toAgent(at));
}

/** A list of paths in the jail for the agent, each with a NUL behind it. */
export function pathList(paths: readonly Bytes[]): Buffer {
  return toBuffer(paths.map((path) => `${toAgent(path)}\0`).join("") as Bytes);
}

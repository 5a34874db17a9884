import { createHash } from "node:crypto";
import { basename } from "node:path";
import { type Bytes, show } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";

/** A jail as a place: where it is and how to get there. */
export interface Site {
  readonly connection: Connection;
  readonly root: string;
}

export function formatSite({ connection, root }: Site): string {
  return `${formatHost(connection)}:${root}`;
}

/** `user@host:/root/path`; `.` is the root itself. */
export function formatPlace(site: Site, path: Bytes): string {
  return path === "." ? formatSite(site) : `${formatSite(site)}/${show(path)}`;
}

/** The registry's directory for a root: for people by its name, unique by its hash. */
export function registryName(root: string): string {
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 12);
  return `${basename(root).replace(/[^A-Za-z0-9_-]/g, "_")}-${hash}`;
}

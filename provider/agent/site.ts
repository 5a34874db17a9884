import { createHash } from "node:crypto";
import { basename } from "node:path";
import { isOnHost } from "../intent/file-claim";
import { type Bytes, show } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";
import { located } from "../ssh/route";

/** A jail as a place: where it is and how to get there. */
export interface Site {
  readonly connection: Connection;
  readonly root: string;
}

/** A place as it is going to be reached from this machine, so that messages name the user and the port that are meant. */
export function siteAt({ connection, root }: Site): Site {
  return { connection: located(connection), root };
}

export function formatSite({ connection, root }: Site): string {
  return `${formatHost(connection)}:${root}`;
}

/** `user@host:/root/path`; `.` is the root itself. A place beside the jail, `/path`, is the host's own. */
export function formatPlace(site: Site, path: Bytes): string {
  return `${formatHost(site.connection)}:${formatOnHost(site, path)}`;
}

/** The same without the host, where that is said already. */
export function formatOnHost({ root }: Site, path: Bytes): string {
  if (isOnHost(path)) return show(path);
  return path === "." ? root : `${root}/${show(path)}`;
}

/** The registry's directory for a root: for people by its name, unique by its hash. */
export function registryName(root: string): string {
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 12);
  return `${basename(root).replace(/[^A-Za-z0-9_-]/g, "_")}-${hash}`;
}

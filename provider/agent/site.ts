import { createHash } from "node:crypto";
import { basename } from "node:path";
import { isOnHost } from "../intent/file-claim";
import { type Bytes, show } from "../model/bytes";
import { type Connection, formatHost } from "../model/connection";

/** A jail's root, and the connection to its host. */
export interface Site {
  readonly connection: Connection;
  readonly root: string;
}

export function formatSite({ connection, root }: Site): string {
  return `${formatHost(connection)}:${root}`;
}

/** Formats `user@host:/root/path`; `.` is the root itself. An absolute path is the host's own. */
export function formatPlace(site: Site, path: Bytes): string {
  return `${formatHost(site.connection)}:${formatOnHost(site, path)}`;
}

/** Formats the same without the host. */
export function formatOnHost({ root }: Site, path: Bytes): string {
  if (isOnHost(path)) return show(path);
  return path === "." ? root : `${root}/${show(path)}`;
}

/** The registry of a host: a directory for each root, root:root 0700. */
export const registryHome = "/var/lib/pulumi-chroot";

/** The registry's directory for a root: readable by its name, unique by its hash. */
export function registryName(root: string): string {
  const hash = createHash("sha256").update(root).digest("hex").slice(0, 12);
  return `${basename(root).replace(/[^A-Za-z0-9_-]/g, "_")}-${hash}`;
}

/** The command that brings a thing back from the quarantine, for people: only by the permission script. */
export function bringBack(root: string, name: string): string {
  return `sh ${registryHome}/${registryName(root)}/permissions.sh --bring-back ${name}`;
}

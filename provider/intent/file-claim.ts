import { type Bytes, fromWire } from "../model/bytes";
import type { DeviceNumber } from "../model/device";
import { type Digest, digestOf } from "../model/digest";
import type { Mode } from "../model/mode";
import type { Owner } from "./claim";

/** A file, a link or a device that a resource puts at one place. Who owns a file in a jail, and its mode, its claims say. */
export interface FileClaim {
  readonly by: Owner;
  readonly reason: string;
  /** Below the jail's root; with a "/" first, on the host. */
  readonly at: Bytes;
  readonly is: FileWish | LinkWish | DeviceWish;
  /** On the host: a regular file that is there already may be replaced. */
  readonly overwrite?: boolean;
}

interface FileWish {
  readonly type: "file";
  /** Absent where only the resource itself knows it: then it is not compared. */
  readonly content?: ContentWish;
  /** Of a file on the host, which is root's. */
  readonly mode?: Mode;
}

interface LinkWish {
  readonly type: "link";
  readonly target: Bytes;
}

/** Of it everything is declared at one place. */
export interface DeviceWish extends DeviceNumber {
  readonly owner: string;
  readonly group: string;
  readonly mode: Mode;
}

export type ContentWish =
  /** Known here: the text itself, or the bytes are with whoever declared it. */
  | { readonly from: "program"; readonly digest: Digest; readonly isSecret: boolean; readonly text?: string }
  /** The same as a file of the host. */
  | { readonly from: "host"; readonly path: Bytes };

/** A text that we make, of nothing secret. */
export function textWish(text: string): ContentWish {
  return { from: "program", digest: digestOf(text), isSecret: false, text };
}

/** A command that runs on the host. */
export interface Command {
  readonly argv: readonly string[];
  /** User that it runs as; root by default. */
  readonly user?: string;
  /** Seconds that it may take. */
  readonly timeLimit: number;
}

/** A place on the host, beside the jail. */
export function isOnHost(at: Bytes): boolean {
  return at.startsWith("/");
}

/** Where a path of a jail is on its host. */
export function onHost(root: string, path: Bytes): Bytes {
  return fromWire(path === "." ? root : `${root}/${path}`);
}

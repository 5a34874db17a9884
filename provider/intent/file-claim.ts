import { type Bytes, fromWire } from "../model/bytes";
import type { DeviceNumber } from "../model/device";
import { type Digest, digestOf } from "../model/digest";
import type { Mode } from "../model/mode";
import type { Owner } from "./owner";

/** A file, a link or a device that a resource puts at one place. Claims state a file's owner and mode in a jail. */
export interface FileClaim {
  readonly by: Owner;
  readonly reason: string;
  /** Below the jail's root; with a leading "/", on the host. */
  readonly at: Bytes;
  readonly is: FileWish | LinkWish | DeviceWish;
  /** On the host: an existing regular file may be replaced. */
  readonly overwrite?: boolean;
}

interface FileWish {
  readonly type: "file";
  /** Absent where only the resource itself knows it: then it is not compared. */
  readonly content?: ContentWish;
  /** The mode of a file on the host, which belongs to root. */
  readonly mode?: Mode;
}

interface LinkWish {
  readonly type: "link";
  readonly target: Bytes;
}

/** A device declares its owner, group and mode itself. */
export interface DeviceWish extends DeviceNumber {
  readonly owner: string;
  readonly group: string;
  readonly mode: Mode;
}

export type ContentWish =
  /** Known here: the text itself, or the digest of bytes that the declaring resource has. */
  | { readonly from: "program"; readonly digest: Digest; readonly isSecret: boolean; readonly text?: string }
  /** The same content as a file of the host. */
  | { readonly from: "host"; readonly path: Bytes; readonly isSecret?: boolean };

/** A generated text without secrets. */
export function textWish(text: string): ContentWish {
  return { from: "program", digest: digestOf(text), isSecret: false, text };
}

/** Whether a place is on the host, outside the jail. */
export function isOnHost(at: Bytes): boolean {
  return at.startsWith("/");
}

/** The host path of a path in a jail. */
export function onHost(root: string, path: Bytes): Bytes {
  return fromWire(path === "." ? root : `${root}/${path}`);
}

import type { Claim, Hold } from "../../intent/claim";
import type { Declaration } from "../../intent/declaration";
import { type ContentWish, type FileClaim, onHost } from "../../intent/file-claim";
import { literalGlob } from "../../intent/glob/glob";
import type { Owner } from "../../intent/owner";
import { bytesOf } from "../../model/bytes";
import { requireMode } from "../../model/mode";
import type { JailFileInputs } from "./args";

/** A file as far as it is known: a field whose value is an Output is in `reserved` instead. */
export type FileIntent = Pick<JailFileInputs, "path" | "directory" | "owner" | "group" | "mode"> & {
  readonly reason?: string;
  readonly reserved?: readonly string[];
};

/** The claims of a JailFile: owner, group and mode, and the directories above it. */
export function jailFileClaims(
  { path, directory, owner, group, mode, reason = "", reserved = [] }: FileIntent,
  by: Owner,
): Claim[] {
  const want = {
    ...field("owner", owner, (name) => name),
    ...field("group", group, (name) => name),
    ...field("fileMode", mode, requireMode),
  };
  const unknown = reserved.map((name) => [name === "mode" ? "fileMode" : name, { is: "reserved" }]);
  return [
    {
      by,
      match: literalGlob(path),
      except: [],
      want: { ...want, ...Object.fromEntries(unknown) },
      presence: directory ? "required" : "within",
      tier: "file",
      order: 0,
      reason,
    },
  ];
}

function field<T>(name: string, given: string | undefined, read: (given: string) => T): Record<string, Hold<T>> {
  return given === undefined ? {} : { [name]: { is: "value", value: read(given) } };
}

/** The file of a JailFile in the jail, and the link to it on the host. */
export function jailFiles({ args, owner: by, content }: Declaration, root: string): FileClaim[] {
  const {
    path,
    hostFile,
    symlinkTo,
    directory,
    hostLink,
    overwrite,
    secret,
    reason = "",
  } = args as Partial<JailFileInputs>;
  const at = bytesOf(path ?? "");
  const wish: ContentWish | undefined = content
    ? { from: "program", ...content, isSecret: content.isSecret || secret === true }
    : hostFile === undefined
      ? undefined
      : { from: "host", path: bytesOf(hostFile), ...(secret === true ? { isSecret: true } : {}) };
  const is: FileClaim["is"] =
    symlinkTo === undefined
      ? { type: "file", ...(wish ? { content: wish } : {}) }
      : { type: "link", target: bytesOf(symlinkTo) };
  const files: FileClaim[] = directory ? [] : [{ by, reason, at, is }];
  if (hostLink !== undefined)
    files.push({
      by,
      reason,
      at: bytesOf(hostLink),
      is: { type: "link", target: onHost(bytesOf(root), at) },
      ...(overwrite ? { overwrite } : {}),
    });
  return files;
}

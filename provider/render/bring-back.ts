import { onHost } from "../intent/file-claim";
import { type Bytes, bytesOf, fromWire } from "../model/bytes";
import { quarantineName } from "../model/path";
import { byteVariables, quote } from "./shell";

/** The one command that brings back what was moved away. Where a directory was made in its place that has to be empty. */
export function bringBack(root: string, path: Bytes, name: string, isDirectoryThere: boolean): string {
  const top = bytesOf(root);
  const place = quote(onHost(top, path));
  const from = quote(onHost(top, fromWire(`${quarantineName}/${name}`)));
  const command = [...(isDirectoryThere ? ["rmdir", place, "&&"] : []), "mv", "-T", from, place].join(" ");
  return [...byteVariables(command), command].join("; ");
}

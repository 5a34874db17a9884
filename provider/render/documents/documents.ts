import type { Merged } from "../../intent/merge";
import type { Contents } from "./jail-contents";
import { jailPage } from "./jail-page";
import { permissionScript, type ScriptParts } from "./permission-script";

/** A file for people beside the records in a host's registry. */
export interface JailDocument {
  readonly name: "permissions.sh" | "permissions.md";
  readonly text: string;
}

/** The declaration of a jail, as a script that repairs it and as a page to read: the same intent gives the same bytes. */
export function documents(merged: Merged, contents: Contents, parts: ScriptParts): JailDocument[] {
  return [
    { name: "permissions.sh", text: permissionScript(merged, contents, parts) },
    { name: "permissions.md", text: jailPage(merged, contents) },
  ];
}

import fc from "fast-check";
import type { Bytes } from "../../provider/model/bytes";
import { hostileNames } from "../support/hostile-tree";

export const at = (path: string) => path as Bytes;
// An attacker could write these lines to forge a tool's output, within the limits of a file name.
const forged = [
  "x\n# file: .",
  "81ed 0 0 1 1:1 .",
  "x\n81ed 0 0 1 1:1 .",
  "f 644 0 0 1 1:1 .",
  "x\n.",
  "user::rwx",
  "x\nuser:0:rwx",
  "# file: etc",
  "1:1 0:0 777 .",
  "\\134",
  "\\",
  "\\012",
  "x\r",
];
const name = fc.oneof(fc.constantFrom(...hostileNames, ...forged), fc.constantFrom("a", "b", "etc"));
/** Some paths, with hostile names in them. */
export const paths = fc.uniqueArray(
  fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => at(names.join("/"))),
  { minLength: 1, maxLength: 8 },
);
/** Turns a command's output into one reply per line, as the shell's tr sends it. */
export const lines = (printed: string) => printed.split("\n").slice(0, -1);
/** As the agent's tools write a path. */
export const inTool = (path: string) => (path === "." ? ".//" : `.//${path}`);

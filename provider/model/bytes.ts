/**
 * File names are bytes, not text: a jailed attacker may write any of them. In memory they are latin1 strings (one char,
 * one byte), on the wire latin1-encoded, and only `show` turns them into something for a person's eyes.
 */

declare const latin1: unique symbol;

/** A path or name as raw bytes, one char per byte. Never print it: `show` does. */
export type Bytes = string & { readonly [latin1]: true };

/** The bytes of a text that somebody declared, in UTF-8. */
export function bytesOf(text: string): Bytes {
  return Buffer.from(text, "utf8").toString("latin1") as Bytes;
}

/** The text of bytes that are UTF-8, as a declared path is. Never printed: `show` does that. */
export function utf8Of(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** A string that was read as latin1 from the wire: already one char per byte. */
export function fromWire(text: string): Bytes {
  return text as Bytes;
}

/** What goes on the wire. */
export function toBuffer(bytes: Bytes): Buffer {
  return Buffer.from(bytes, "latin1");
}

/** The directories above a path inside the jail, outermost first, without the jail's root: `a/b/c` gives `a`, `a/b`. */
export function ancestors(path: Bytes): Bytes[] {
  const found: Bytes[] = [];
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) {
    found.push(path.slice(0, slash) as Bytes);
  }
  return found;
}

/** How many names lead to a path inside the jail; none to the root. */
export function depthOf(path: Bytes): number {
  if (path === ".") return 0;
  let depth = 1;
  for (let slash = path.indexOf("/"); slash !== -1; slash = path.indexOf("/", slash + 1)) depth++;
  return depth;
}

const plainAscii = /^[\x20-\x5b\x5d-\x7e]*$/;
// Opens a colour code in what goes through the Pulumi CLI, which ends with a panic on one that it does not know.
const colourCode = "<{%";
// One well-formed UTF-8 character (Unicode 15, table 3-7), else one byte.
const character =
  /[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\s\S]/g;
// Control, format (bidi overrides), unassigned, private use, separators and what is drawn as nothing: what could forge or
// hide a line of output.
const unprintable = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/**
 * A name for people: valid UTF-8 as it is, and `\\`, `\n`, `\xNN` for what a terminal could act on or could not show.
 * Two different names never look the same, so the text stays a usable key.
 */
export function show(bytes: Bytes): string {
  const shown = plainAscii.test(bytes) ? bytes : bytes.replace(character, showCharacter);
  return shown.includes(colourCode) ? shown.replaceAll(colourCode, `\\x3c${colourCode.slice(1)}`) : shown;
}

function showCharacter(bytes: string): string {
  if (bytes === "\\") return "\\\\";
  if (bytes === "\n") return "\\n";
  if (plainAscii.test(bytes)) return bytes;
  if (bytes.length > 1) {
    const text = utf8Of(bytes);
    if (!unprintable.test(text)) return text;
  }
  return [...bytes].map((byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
}

/** Text that a host sent (an error message), as latin1 from the wire: capped and escaped, so that it cannot take over a terminal or flood a log. */
export function showRemote(text: string, cap = 400): string {
  const lines = text.slice(0, cap).trim().split("\n");
  const shown = lines.map((line) => show(fromWire(line))).join("; ");
  return text.trim().length > cap ? `${shown} …` : shown;
}

/**
 * File names are bytes, not text: a jailed attacker may write any of them. In memory they are latin1 strings (one char, one
 * byte), on the wire latin1-encoded, and only `show` makes them fit to print.
 */

declare const latin1: unique symbol;

/** A path or name as raw bytes, one char per byte. Never print it: `show` does. */
export type Bytes = string & { readonly [latin1]: true };

/** The bytes of a declared text, in UTF-8. */
export function bytesOf(text: string): Bytes {
  return Buffer.from(text, "utf8").toString("latin1") as Bytes;
}

/** The text of bytes that are UTF-8, as a declared path is. Never print it: `show` does. */
export function utf8Of(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** A string that was read as latin1 from the wire: already one char per byte. */
export function fromWire(text: string): Bytes {
  return text as Bytes;
}

/** The bytes for the wire. */
export function toBuffer(bytes: Bytes): Buffer {
  return Buffer.from(bytes, "latin1");
}

const plainAscii = /^[\x20-\x5b\x5d-\x7e]*$/;
// Opens a colour code in text for the Pulumi CLI, which panics at an unknown code.
const colourCode = "<{%";
// One well-formed UTF-8 character (Unicode 15, table 3-7), else one byte.
const character =
  /[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}|[\s\S]/g;
// Characters that could forge or hide a line of output: control, format (bidi overrides), unassigned, private use, separators,
// invisible.
const unprintable = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/**
 * A name for people: valid UTF-8 as it is, and `\\`, `\n`, `\xNN` for characters that a terminal could act on or could not show.
 * Two different names never look the same, so the text stays a usable key.
 */
export function show(bytes: Bytes): string {
  return withoutColour(plainAscii.test(bytes) ? bytes : bytes.replace(character, showCharacter));
}

/** The bytes of a name that {@link show} wrote. */
export function bytesShown(text: string): Bytes {
  const bytes = bytesOf(text).replace(/\\(\\|n|x[0-9a-f]{2})/g, (_, code: string) => {
    if (code.startsWith("x")) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return code === "n" ? "\n" : code;
  });
  return fromWire(bytes);
}

/**
 * A whole message, from any parts. It escapes, except for line breaks, characters that a terminal could act on or could not show,
 * and texts that the Pulumi CLI would take for a colour code. All texts for the engine come through here; a second pass changes
 * nothing.
 */
export function printable(text: string): string {
  return withoutColour(plainText.test(text) ? text : text.replace(/[^\n\x20-\x7e]/gu, escaped));
}

const plainText = /^[\n\x20-\x7e]*$/;

function withoutColour(text: string): string {
  return text.includes(colourCode) ? text.replaceAll(colourCode, `\\x3c${colourCode.slice(1)}`) : text;
}

function escaped(text: string): string {
  return unprintable.test(text) ? inHex(bytesOf(text)) : text;
}

function showCharacter(bytes: string): string {
  if (bytes === "\\") return "\\\\";
  if (bytes === "\n") return "\\n";
  if (plainAscii.test(bytes)) return bytes;
  if (bytes.length > 1) {
    const text = utf8Of(bytes);
    if (!unprintable.test(text)) return text;
  }
  return inHex(bytes);
}

function inHex(bytes: string): string {
  return [...bytes].map((byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
}

/**
 * Text that a host sent (an error message), as latin1 from the wire: capped and escaped, so that it cannot take over a terminal
 * or flood a log.
 */
export function showRemote(text: string, cap = 400): string {
  const lines = text.slice(0, cap).trim().split("\n");
  const shown = lines.map((line) => show(fromWire(line))).join("; ");
  return text.trim().length > cap ? `${shown} …` : shown;
}

/** Values as systemd reads them (systemd.syntax(7), systemd.service(5)). */

/** A `%` begins a specifier. */
export function plain(text: string): string {
  return text.replaceAll("%", "%%");
}

/** One word: in quotes, with unprintable characters as bytes. */
export function word(text: string): string {
  const escaped = Array.from(new TextEncoder().encode(text), escapedByte).join("");
  return `"${escaped}"`;
}

/** A word in ExecStart, where a `$` begins a variable. */
export function argument(text: string): string {
  return word(text).replaceAll("$", "$$$$");
}

function escapedByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === "%") return "%%";
  if (character === "\\" || character === '"') return `\\${character}`;
  return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, "0")}`;
}

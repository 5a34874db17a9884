/** A value as JSON in ASCII: names of a host are in it, and a terminal acts on some characters beyond. */
export function asciiJson(value: unknown): string {
  const text = JSON.stringify(value, null, 1);
  const escaped = text.replace(
    /[\x7f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${escaped}\n`;
}

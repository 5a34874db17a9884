/** A value as JSON in ASCII: names of a host are in it, and a terminal acts on some characters beyond. */
export function asciiJson(value: unknown): string {
  return `${escaped(JSON.stringify(value, null, 1))}\n`;
}

/** The same on one line. */
export function asciiJsonLine(value: unknown): string {
  return escaped(JSON.stringify(value));
}

function escaped(json: string): string {
  return json.replace(/[\x7f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

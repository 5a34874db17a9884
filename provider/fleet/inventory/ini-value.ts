import { textValue, type Value } from "./value";

const quoted = /[uUrRbB]?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/.source;
const bare = /[-+]?\d[\d_]*(?:\.\d*)?|True|False/.source;
const item = `(?:${quoted}|${bare})`;
const literal = new RegExp(`^(?:(${item})|[[(]\\s*((?:${item}\\s*,\\s*)*${item}?)\\s*[\\])])\\s*(?:#.*)?$`);

/**
 * The value of `key=value` in an INI inventory, which Ansible reads as a literal of Python where it is one: a text in quotes, or a
 * list of texts and numbers. Any other text stands for itself.
 */
export function iniValue(text: string): Value {
  if (text === "None") return { unread: "nothing" };
  const [, one, list] = literal.exec(text) ?? [];
  if (list !== undefined) return (list.match(new RegExp(item, "g")) ?? []).map(unquoted);
  if (one !== undefined) return textValue(unquoted(one));
  return isNested(text) ? { unread: "nested" } : textValue(text);
}

function isQuoted(text: string): boolean {
  return /['"]$/.test(text);
}

/** A map, as far as one can tell it from a template: Ansible takes its quotes and colons apart. */
function isNested(text: string): boolean {
  return /^[[({]/.test(text) && !text.startsWith("{{") && !text.startsWith("{%") && /[\])}]$/.test(text);
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "0": "\0",
  "\\": "\\",
  "'": "'",
  '"': '"',
};

function unquoted(text: string): string {
  if (!isQuoted(text)) return text;
  const inner = text.replace(/^[uUrRbB]?['"]/, "").slice(0, -1);
  if (/^[rR]/.test(text)) return inner;
  return inner.replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))/g, (all, two, four, one: string) => {
    const code = two ?? four;
    return code === undefined ? (escapes[one] ?? all) : String.fromCharCode(Number.parseInt(code, 16));
  });
}

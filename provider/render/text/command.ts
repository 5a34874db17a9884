import { bytesOf, show } from "../../model/bytes";

/** The most characters of a command that are shown. */
const longest = 120;

/** A command as people would type it. A secret command shows its first word alone: the others may be the secret. */
export function commandText(argv: readonly string[], isSecret: boolean): string {
  const words = isSecret ? argv.slice(0, 1) : argv;
  const characters = [...words.map(quoted).join(" ")];
  if (characters.length > longest) return `${characters.slice(0, longest).join("")}…`;
  return characters.join("") + (words.length < argv.length ? " …" : "");
}

function quoted(word: string): string {
  const isPlain = /^[\w@%+=:,./{}-]+$/.test(word);
  return isPlain ? word : `'${show(bytesOf(word)).replaceAll("'", "'\\''")}'`;
}

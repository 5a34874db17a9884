/** The words of a line as Python's shlex splits it, with comments; or the reason why it cannot. */
export function wordsOf(line: string): string[] | { readonly why: string } {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const [char = "", next = ""] = [line[at], line[at + 1]];
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (quote === '"' && char === "\\" && (next === '"' || next === "\\")) {
        word += next;
        at++;
      } else word += char;
    } else if (/[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "#") break;
    else if (char === '"' || char === "'") {
      quote = char;
      word ??= "";
    } else if (char === "\\") {
      if (next === "") return { why: "ends with a backslash" };
      word = (word ?? "") + next;
      at++;
    } else word = (word ?? "") + char;
  }
  if (quote !== "") return { why: "has a quote that does not end" };
  if (word !== undefined) words.push(word);
  return words;
}

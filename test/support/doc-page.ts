import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of the documentation. */
export const docs = join(__dirname, "..", "..", "..", "docs");

/** A fenced block of a page. */
export interface Block {
  /** The first word after the fence, such as `ts`. */
  readonly language: string;
  /** The second word: the name of a file of the project that the block is. Empty for all other blocks. */
  readonly file: string;
  readonly text: string;
  /** Where the block begins in its page, for messages. */
  readonly line: number;
}

/** A command of a `console` block, with the output that the page shows. */
export interface Shown {
  readonly command: string;
  readonly output: string;
  readonly line: number;
}

export function blocksOf(page: string): Block[] {
  const lines = readFileSync(join(docs, page), "utf8").split("\n");
  const blocks: Block[] = [];
  let open: { head: string; line: number; text: string[] } | undefined;
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith("```")) open?.text.push(line);
    else if (!open) open = { head: line.slice(3).trim(), line: at + 1, text: [] };
    else {
      const [language = "", file = ""] = open.head.split(" ");
      blocks.push({ language, file, text: open.text.map((each) => `${each}\n`).join(""), line: open.line });
      open = undefined;
    }
  }
  return blocks;
}

/** The programs of a page. A part that is no file goes on from the file and the parts before it. */
export function programsOf(page: string): { name: string; text: string }[] {
  let whole = "";
  return blocksOf(page)
    .filter(({ language }) => language === "ts")
    .map(({ file, text, line }) => {
      whole = file === "" ? `${whole}\n${text}` : text;
      return { name: `${page.replace(/\W/g, "-")}-${line}.ts`, text: whole };
    });
}

/** The commands of a `console` block: each begins with `$ `, and goes on after a backslash. */
export function commandsOf({ text, line }: Block): Shown[] {
  return text
    .split(/^(?=\$ )/m)
    .filter((part) => part.startsWith("$ "))
    .map((part) => {
      const [, command = "", output = ""] = /^\$ ((?:.*\\\n)*.*)\n([\s\S]*)$/.exec(part) ?? [];
      return { command, output, line };
    });
}

/** A pattern for an output as a page shows it: `…` on a line of its own stands for any lines, in a line for any text. */
export function patternOf(output: string): RegExp {
  const lines = output.trimEnd().split("\n");
  const parts = lines.map((line) =>
    line.trim() === "…" ? "(?:.*\\n)*?" : `${line.trimEnd().split("…").map(escaped).join(".*")}[ ]*\\n`,
  );
  return new RegExp(`^${output.trim() === "" ? "" : parts.join("")}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

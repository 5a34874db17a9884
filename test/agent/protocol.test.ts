import { describe, expect, test } from "@jest/globals";
import { effectOf, type FrameWord, lineOf, type Word, words } from "../../provider/agent/protocol";
import { shellTexts } from "../../provider/agent/shell-texts";

/** The host's side of the wire. */
const shell = shellTexts("host").map(([, text]) => text.replace(/^\s*#.*$/gm, ""));
const source = shell.join("\n");
/** The branches of the shell's `case`, by word. */
const served = new Map(
  [...(shell.at(-1) ?? "").matchAll(/^ {4}([a-z]+)\) (.+) ;;$/gm)].map(([, word = "", command = ""]) => [
    word,
    command,
  ]),
);
const table = Object.entries(words) as [Word, (typeof words)[Word] & { lines?: string[]; lists?: string[] }][];
const sorted = (names: Iterable<string>) => [...new Set(names)].sort();
const found = (pattern: RegExp) => [...source.matchAll(pattern)].map(([, name = ""]) => name);

describe("the protocol's table", () => {
  test("has the words that the host serves, and no others", () => {
    expect(sorted(served.keys())).toStrictEqual(sorted(Object.keys(words)));
  });

  test("has as many arguments for each as the host takes: the third is the rest of the line", () => {
    const argumentsOf = (command: string) => sorted(command.match(/(?<=")\$[abc]/g) ?? []).length;
    expect(table.map(([word, { takes }]) => [word, Math.min(takes.length, 3)])).toStrictEqual(
      table.map(([word]) => [word, argumentsOf(served.get(word) ?? "")]),
    );
  });

  test("has the words and lists of all replies, and no others", () => {
    const frames: FrameWord[] = ["hello", "lacks", "list", "listed", "wait", "done"];
    // Two databases, two kinds of a unit's files and a program are said from variables or by another shell.
    const byVariable = ["passwd", "group", "override", "dropin", "program"];
    const said = found(/(?:^|[;&|{)]|\b(?:then|do|else)) *say ["']?([a-z]+)/gm);
    expect(sorted([...said, ...byVariable])).toStrictEqual(
      sorted([...frames, ...table.flatMap(([, { lines = [] }]) => lines)]),
    );
    const listed = [...found(/\b(?:send_list|send_lines|say list) ([a-z_]+)/g), "getfacl", "getcap", "ld-musl-*"];
    expect(sorted(listed)).toStrictEqual(sorted(table.flatMap(([, { lists = [] }]) => lists)));
  });

  test("says of a chained request, and of one that makes the root, that it changes something", () => {
    expect(
      ["enter 4", "enter 4 make", "7+enter 4", "scan", "tidy", "untrue", "constructor"].map(effectOf),
    ).toStrictEqual(["question", "change", "change", "look", "change", "change", "change"]);
  });

  test("orders a request's arguments, with the data's length where the host wants it", () => {
    expect(lineOf("attempt", { gid: "-", seconds: 5 }, 12)).toBe("attempt 5 - 12");
    expect(lineOf("zone", {}, undefined)).toBe("zone");
    expect(lineOf("powers", { capabilities: "" }, 3)).toBe("powers 3 ");
  });
});

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { checkWords } from "../../scripts/words/check";
import { longSubjects, vagueComments } from "../../scripts/words/offences";

const found = (file: string, source: string) => vagueComments(file, source).map(({ at, text }) => `${at} ${text}`);

describe("a vague comment", () => {
  for (const word of ["What", "Whoever", "Those", "Of", "Nobody", "Who"])
    test(`begins with ${word}`, () => {
      expect(found("a.ts", `// ${word} it is\n`)).toStrictEqual([`a.ts:1 ${word} it is`]);
      expect(found("a.ts", `// Says ${word.toLowerCase()} it is. ${word}x it is.\n// ${word}x\n`)).toStrictEqual([]);
    });

  test("has such a sentence on any of its lines", () => {
    expect(
      found("a.ts", "/**\n * It reads. What it reads is long.\n * (It is not.) Of course.\n */\nlet a;\n"),
    ).toStrictEqual(["a.ts:2 It reads. What it reads is long.", "a.ts:3 (It is not.) Of course."]);
    expect(found("a.ts", "/**\n * It reads what is there,\n * and who it is of.\n */\nlet a;\n")).toStrictEqual([]);
  });

  test("is found in TypeScript, JavaScript, C, Go, shell and Python", () => {
    for (const file of ["a.ts", "a.js", "a.c", "a.h", "a.go"])
      expect(found(file, "\nf(1); // Who\n/* Of it */")).toStrictEqual([`${file}:2 Who`, `${file}:3 Of it`]);
    for (const file of ["a.sh", "a.py"])
      expect(found(file, "#!/bin/sh\n  # Those\n: # no comment of a line\n")).toStrictEqual([`${file}:2 Those`]);
  });

  test("is no string, template or regular expression", () => {
    const source = 'f("// What", `/* Who */ $' + "{a} // Of`, /[// Those]/);\n";
    for (const file of ["a.ts", "a.js"]) expect(found(file, source)).toStrictEqual([]);
    expect(found("a.c", 'f("// What");\n')).toStrictEqual([]);
  });
});

test("a subject is long from its 73rd character on", () => {
  expect(longSubjects(`1a ${"😀".repeat(73)}\n2b ${"😀".repeat(72)}\n`)).toStrictEqual([
    { at: "1a", text: "😀".repeat(73) },
  ]);
});

describe("the check of a checkout", () => {
  const root = mkdtempSync(join(tmpdir(), "chroot-words-"));
  const git = (...args: string[]) => {
    const own = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...own, ...args], { cwd: root, encoding: "utf8" }).trim();
  };
  const commit = (subject: string) => git("commit", "-q", "--allow-empty", "-m", subject);
  const write = (file: string, text: string) => writeFileSync(join(root, file), text);
  const check = () => checkWords(root, "start");

  beforeAll(() => {
    for (const folder of ["provider", "scripts", "test", "bench", "examples/node_modules"])
      mkdirSync(join(root, folder), { recursive: true });
    write("examples/node_modules/a.ts", "// What\n");
    git("init", "-q");
    commit(`${"long ".repeat(20)}but before the start`);
    git("tag", "start");
  });
  beforeEach(() => write("test/a.ts", "// A test\n"));
  afterAll(() => rmSync(root, { recursive: true }));

  test("passes where every comment names its subject", () => {
    expect(check()).toStrictEqual({ lines: [], isClean: true });
  });

  test("fails at one vague comment in any folder, and names each", () => {
    write("provider/b.sh", "# Who\n");
    write("scripts/c.go", "// Those\n");
    write("examples/d.py", "# What\n");
    write("test/a.ts", "// Of\n");
    const { lines, isClean } = check();
    for (const file of ["provider/b.sh", "scripts/c.go", "examples/d.py"]) rmSync(join(root, file));
    expect(isClean).toBe(false);
    const wanted = ["provider/b.sh:1: Who", "scripts/c.go:1: Those", "test/a.ts:1: Of", "examples/d.py:1: What"];
    expect(lines.slice(0, -1)).toStrictEqual(wanted);
    expect(lines.at(-1)).toMatch(/^4 comments begin a sentence with /);
  });

  test("fails for a long subject after the start, and says so when the history is missing", () => {
    const long = "x".repeat(73);
    commit(long);
    const { lines, isClean } = check();
    expect(isClean).toBe(false);
    expect(lines[0]).toBe(`${git("rev-parse", "--short", "HEAD")}: ${long}`);
    expect(checkWords(root, "c8c03e2")).toStrictEqual({
      lines: ["commit subjects are not checked: this copy has no history since c8c03e2"],
      isClean: true,
    });
    git("reset", "-q", "--hard", "start");
  });
});

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { scriptParts } from "../../provider/agent/script-parts";
import { globProblem, parseGlob } from "../../provider/intent/glob/glob";
import { bytesOf, fromWire, toBuffer } from "../../provider/model/bytes";
import { byteVariables, quote, ShellGlobs } from "../../provider/render/shell";
import { type Component, matchesComponents, name, pattern, textOf } from "../intent/glob-model";

const shells = [["dash"], ["bash", "--posix"], ["bash"], ["busybox", "sh"]] as const;
const count = Number(process.env["GLOB_CASES"] ?? 800);

/** Asks a shell which paths some globs match, as the permission script does. */
function matchedBy(shell: readonly string[], pairs: readonly (readonly [glob: string, path: string])[]): boolean[] {
  const globs = new ShellGlobs();
  const [, engine = ""] = /\n(split_depth\(\) \{.*?\n\})\n/s.exec(scriptParts("/x").engine) ?? [];
  const [, spans = ""] = /\n(spans\(\) \{.*?\n\})\n/s.exec(scriptParts("/x").engine) ?? [];
  const asked = pairs.map(([glob, path]) => {
    const matched = globs.matched(parseGlob(glob), "printf 1");
    const unmatched = globs.unmatched(parseGlob(glob), "printf 0");
    return `path=${quote(fromWire(path))}; IFS=/; split_depth; ${matched}; ${unmatched}; echo`;
  });
  const text = asked.join("\n");
  const functions = globs.functions.join("\n");
  const lines = [
    "set -uf",
    "LC_ALL=C; export LC_ALL",
    "SPACE=' '",
    engine,
    spans,
    ...byteVariables(text + functions),
    functions,
    text,
  ];
  const [command = "", ...args] = shell;
  const { stdout, stderr } = spawnSync(command, args, {
    input: toBuffer(bytesOf(lines.join("\n"))),
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  expect(stderr).toBe("");
  const answers = stdout.trimEnd().split("\n");
  expect(answers.length).toBe(pairs.length);
  return answers.map((answer) => {
    expect(answer).toMatch(/^[01]$/);
    return answer === "1";
  });
}

// glob-model does not make these: sets as people write them, and unprintable bytes.
const oddSet = fc
  .tuple(
    fc.constantFrom("", "!", "^"),
    fc.array(
      fc.constantFrom(
        "a",
        "]",
        "[",
        "-",
        "\\",
        "!",
        "^",
        "'",
        '"',
        "$",
        "`",
        " ",
        "é",
        "a-c",
        "\t",
        "#",
        "*",
        "?",
        "~",
        "|",
        ")",
        "&",
        ";",
        "\x1b",
        "+--",
      ),
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([negated, members]) => `[${negated}${members.join("")}]`);
const odd = fc
  .array(
    fc.oneof(
      oddSet,
      fc.constantFrom("*", "?", "a", "**", "/", "\\*", "\\[", "'", "$HOME", "\t", "é", "\x7f", ".", "\\\\"),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => globProblem(text) === undefined);
const anyName = fc
  .array(
    fc.integer({ min: 1, max: 255 }).map((code) => (code === 47 ? "a" : String.fromCharCode(code))),
    { minLength: 1, maxLength: 2 },
  )
  .map((bytes) => bytes.join(""))
  .filter((text) => text !== "." && text !== "..");
const oddName = fc.oneof(
  name,
  anyName,
  fc.constantFrom("]", "[", "-", "\\", "!", "^", "'", '"', "$", "`", " ", "\t", "\x1b", "*", "é"),
);
const anyPath = fc.oneof(
  { weight: 1, arbitrary: fc.constant(".") },
  {
    weight: 20,
    arbitrary: fc.array(fc.oneof(name, oddName), { minLength: 1, maxLength: 4 }).map((names) => names.join("/")),
  },
);

/** A glob of the model, and the model's verdict. */
const modelled = fc.tuple(pattern, fc.array(name, { minLength: 1, maxLength: 4 }));

describe("a glob of the permission script", () => {
  for (const shell of shells)
    test(`means in ${shell.join(" ")} what it means in a declaration`, () => {
      assert.equal(spawnSync(shell[0], ["--help"]).error, undefined, `needs ${shell[0]}`);
      const fromModel = fc.sample(modelled, count).map(([components, names]) => ({
        pair: [textOf(components as Component[]), names.join("/")] as const,
        expected: matchesComponents(components as Component[], names),
      }));
      const fromText = fc
        .sample(fc.tuple(odd, anyPath), count)
        .map((pair) => ({ pair, expected: parseGlob(pair[0]).matches(fromWire(pair[1])) }));
      const all = [...fromModel, ...fromText];
      const found = matchedBy(
        shell,
        all.map(({ pair }) => pair),
      );
      for (const [at, { pair, expected }] of all.entries()) assert.equal(found[at], expected, JSON.stringify(pair));
      expect(all.filter(({ expected }) => expected).length).toBeGreaterThan(count / 20);
    });

  test("matches each byte as a set says", () => {
    const bytes = Array.from({ length: 255 }, (_, at) => String.fromCharCode(at + 1)).filter(
      (byte) => byte !== "/" && byte !== ".",
    );
    const globs = [
      "?",
      "[!a]",
      "[a-z]",
      "[é]",
      "[!é]",
      "[]-]",
      "[!]-]",
      "[\\]",
      "[ -~]",
      "[!!]",
      "[a^]",
      "[-^]",
      "[!^-]",
      "[\\^]",
      "[!\\^]",
      "*",
      "[Z-a]",
      "[+--]",
    ];
    const pairs = globs.flatMap((glob) => bytes.map((byte) => [glob, byte] as const));
    const expected = pairs.map(([glob, byte]) => parseGlob(glob).matches(fromWire(byte)));
    for (const shell of shells) assert.deepEqual(matchedBy(shell, pairs), expected, shell.join(" "));
  });
});

test("a word of sh has no colour code of the Pulumi CLI in it, and means the same", () => {
  for (const name of ["a<{%reset%}>b", "<{%<{%!%}>", "it's <{%\n"]) {
    const word = quote(bytesOf(name));
    assert.ok(!word.includes("<{%"), word);
    const script = [...byteVariables(word), `printf %s ${word}`].join("; ");
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(name);
  }
});

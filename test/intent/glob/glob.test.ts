import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { globProblem, parseGlob } from "../../../provider/intent/glob/glob";
import { bytesOf, fromWire, show } from "../../../provider/model/bytes";
import { type Component, matchesComponents, name, pattern, textOf } from "../glob-model";

const table: readonly (readonly [glob: string, matching: readonly string[], others: readonly string[]])[] = [
  ["etc", ["etc"], [".", "etc/x", "Etc", "etcetera", "a/etc"]],
  [".", ["."], ["a", "a/."]],
  ["*", ["a", ".a", "a b", "a\nb", "*", "\\"], [".", "a/b"]],
  ["?", ["a", "\n"], [".", "", "ab", "a/b", "é"]],
  ["??", ["ab", "é", ".a"], ["a", "日"]],
  ["**", ["a", "a/b", ".a/.b", "a\nb/c"], ["."]],
  ["etc/*", ["etc/a", "etc/.a"], ["etc", "etc/a/b", "xetc/a"]],
  ["etc/**", ["etc/a", "etc/a/b", "etc/.a/.b"], ["etc", "etcx/a", "a/etc/b"]],
  ["**/x", ["x", "a/x", "a/b/x", ".a/x"], ["ax", "x/a", "a/bx"]],
  ["a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["az", "a/bz", "a/z/b"]],
  ["**/a/**", ["a/b", "x/a/b", "x/y/a/b/c"], ["a", "x/a", "xa/b"]],
  ["*.conf", ["a.conf", ".conf"], ["a.confx", "aconf", "d/a.conf"]],
  ["a*b*c", ["abc", "axbxc", "abbcc"], ["ab", "acb", "ab/c"]],
  ["[abc]", ["a", "b", "c"], ["d", "", "ab", "."]],
  ["[a-c]x", ["ax", "cx"], ["dx", "Ax", "-x"]],
  ["[!a-c]", ["d", "-", "\n", "!"], ["a", "b", "", "ab"]],
  ["[^a]", ["b", "^"], ["a"]],
  ["[a^]", ["a", "^"], ["b"]],
  ["[!-_]x", ["Ax", "0x", "ax", "~x"], ["-x", "_x"]],
  ["[]a]", ["]", "a"], ["b", "]a"]],
  ["[!]a]", ["b", "["], ["]", "a"]],
  ["[]]", ["]"], ["a"]],
  ["[a-]", ["a", "-"], ["b"]],
  ["[--0]", ["-", "0"], ["/", "1", ","]],
  ["[[x]", ["[", "x"], ["]"]],
  ["x[.]y", ["x.y"], ["x/y", "xay"]],
  ["a[!b]c", ["axc", "a.c"], ["a/c", "abc"]],
  ["\\*", ["*"], ["a", "\\*"]],
  ["a\\?b", ["a?b"], ["axb"]],
  ["\\[a]", ["[a]"], ["a"]],
  ["\\\\", ["\\"], ["\\\\"]],
  ["\\*\\*/x", ["**/x"], ["a/x", "x"]],
  ["a+(b|c)$", ["a+(b|c)$"], ["ab", "aab"]],
  ["zoné", ["zoné"], ["zone"]],
  ["[é]", [], ["é"]],
];

describe("a glob", () => {
  for (const [glob, matching, others] of table) {
    test(`${glob} matches what it should, and nothing else`, () => {
      expect(globProblem(glob)).toBe(undefined);
      const { matches } = parseGlob(glob);
      for (const path of matching) assert.ok(matches(bytesOf(path)), `does not match ${show(bytesOf(path))}`);
      for (const path of others) assert.ok(!matches(bytesOf(path)), `matches ${show(bytesOf(path))}`);
    });
  }

  test("matches byte by byte, also names that are not UTF-8", () => {
    assert.ok(parseGlob("a*").matches(fromWire("a\xff\x80")));
    assert.ok(parseGlob("?").matches(fromWire("\xff")));
    assert.ok(parseGlob("[!a]").matches(fromWire("\xff")));
    assert.ok(parseGlob("[é]").matches(fromWire("\xa9")), "a set is one of bytes");
    assert.ok(!parseGlob("é").matches(fromWire("\xe9")), "latin1 is not UTF-8");
  });

  test("without a wildcard is the one path it names", () => {
    for (const [glob, literal] of [
      [".", "."],
      ["var/run", "var/run"],
      ["a\\*/\\[b", "a*/[b"],
      ["zoné", bytesOf("zoné")],
      ["a{b}\\{c,d}", "a{b}{c,d}"],
    ] as const)
      expect(parseGlob(glob).literal).toBe(literal);
    for (const glob of ["*", "a/**", "[a]", "a?"]) assert.equal(parseGlob(glob).literal, undefined, glob);
  });

  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["/etc/*", /absolute/],
    ["../*", /contains "\.\."/],
    ["a/../b", /contains "\.\."/],
    ["\\.\\./etc", /\.\./],
    ["a/\\.\\.", /\.\./],
    ["a/\\./b", /"\."/],
    ["a//b", /empty component/],
    ["a/**/", /empty component/],
    ["./a", /"\."/],
    ["a\nb", /newline/],
    ["a\0b", /NUL/],
    ["a**", /component of its own/],
    ["**b/c", /component of its own/],
    ["***", /component of its own/],
    ["[a", /without "\]"/],
    ["[a/b]", /without "\]"/],
    ["[]", /without "\]"/],
    ["[]a", /without "\]"/],
    ["[!]", /without "\]"/],
    ["[!]a", /without "\]"/],
    ["[z-a]", /not a set/],
    ["[[:alpha:]]", /not known/],
    ["etc/*.{conf,key}", /a rule for each/],
    ["a\\", /ends in/],
    ["a\\/b", /ends in/],
  ];
  for (const [glob, why] of refused) {
    test(`is not ${JSON.stringify(glob)}`, () => expect(globProblem(glob) ?? "accepted").toMatch(why));
  }

  test("says what is wrong in the words of whoever wrote it", () => {
    expect(globProblem("[é-a]") ?? "").toMatch(/"\[é-a\]"/);
  });

  // A matcher that goes back over every star would not end before the sun does.
  test("does not take longer and longer for names that nearly match", () => {
    const stars = parseGlob(`${"*-".repeat(12)}*.log`);
    expect(stars.matches(bytesOf("-".repeat(255)))).toBe(false);
    expect(stars.matches(bytesOf(`${"-".repeat(250)}.log`))).toBe(true);
    const deep = parseGlob(`${"**/a*/".repeat(8)}*.db`);
    expect(deep.matches(bytesOf(`${"a/b/".repeat(900)}a/x`))).toBe(false);
    expect(deep.matches(bytesOf(`${"a/b/".repeat(900)}a/x.db`))).toBe(true);
  });

  test("matches what a simple matcher matches", () => {
    let hits = 0;
    fc.assert(
      fc.property(pattern, fc.array(name, { minLength: 1, maxLength: 4 }), (components: Component[], names) => {
        const path = fromWire(names.join("/"));
        const expected = matchesComponents(components, names);
        if (expected) hits++;
        expect(parseGlob(textOf(components)).matches(path)).toBe(expected);
      }),
      { numRuns: 6000 },
    );
    assert.ok(hits > 300, `only ${hits} of the paths matched`);
  });
});

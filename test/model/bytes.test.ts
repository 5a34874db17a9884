import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { bytesOf, bytesShown, fromWire, printable, show, showRemote, toBuffer } from "../../provider/model/bytes";
import { ancestors } from "../../provider/model/path";

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((array) => fromWire(Buffer.from(array).toString("latin1"))),
  fc.string({ unit: "binary", maxLength: 20 }).map(bytesOf),
  fc.string({ unit: "grapheme", maxLength: 20 }).map(bytesOf),
  // Texts that look like an escape stand next to truncated UTF-8.
  fc
    .array(fc.constantFrom("\\", "n", "x", "0", "a", "\n", "\xc3", "\xa9", "\xe2", "\x80", "\xae", "\xff"))
    .map((parts) => fromWire(parts.join(""))),
);

describe("a name in bytes", () => {
  test("is shown so that it can be read back, byte for byte", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => expect(bytesShown(show(bytes))).toBe(bytes)),
      { numRuns: 3000 },
    );
  });

  test("is never shown with a character that a terminal acts on or does not show", () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(show(bytes).replaceAll(" ", "")).not.toMatch(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u);
      }),
      { numRuns: 3000 },
    );
  });

  const shown: readonly (readonly [string, string, string])[] = [
    ["plain ASCII with spaces", "named.conf (old) ~*", "named.conf (old) ~*"],
    ["a backslash", "a\\nb", "a\\\\nb"],
    ["a newline", "a\nb", "a\\nb"],
    ["NUL, escape, tab and DEL", "\0\x1b[31m\t\x7f", "\\x00\\x1b[31m\\x09\\x7f"],
    ["UTF-8", "\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80", "é日😀"],
    ["a bidi override", "\xe2\x80\xaetxt", "\\xe2\\x80\\xaetxt"],
    ["a zero-width space and a no-break space", "\xe2\x80\x8b\xc2\xa0", "\\xe2\\x80\\x8b\\xc2\\xa0"],
    ["a C1 control in UTF-8", "\xc2\x9b31m", "\\xc2\\x9b31m"],
    [
      "a Hangul filler and a variation selector, which are invisible",
      "\xe3\x85\xa4\xef\xb8\x8f",
      "\\xe3\\x85\\xa4\\xef\\xb8\\x8f",
    ],
    ["bytes that are not UTF-8", "\xff\xc3(\x80", "\\xff\\xc3(\\x80"],
    ["an overlong slash", "\xc0\xaf", "\\xc0\\xaf"],
    ["an encoded surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80"],
    ["a code point beyond Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"],
    ["a character that is cut", "a\xe6\x97", "a\\xe6\\x97"],
  ];
  for (const [what, bytes, text] of shown) test(`shows ${what}`, () => expect(show(fromWire(bytes))).toBe(text));

  test("goes to the wire as it came", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (array) => {
        expect(toBuffer(fromWire(Buffer.from(array).toString("latin1")))).toStrictEqual(Buffer.from(array));
      }),
    );
    expect(toBuffer(bytesOf("é"))).toStrictEqual(Buffer.from([0xc3, 0xa9]));
  });

  test("knows the directories above it, outermost first and without the root", () => {
    expect(ancestors(bytesOf("a/b/c"))).toStrictEqual(["a", "a/b"]);
    expect(ancestors(bytesOf("a"))).toStrictEqual([]);
    expect(ancestors(bytesOf("."))).toStrictEqual([]);
  });
});

describe("a name with a colour code of the Pulumi CLI in it", () => {
  // The CLI fails with "Unrecognized color code" at a colour code, and removes any text that looks like one.
  test("is shown without one, and stays a name of its own", () => {
    for (const name of ["<{%!%}>", "a<{%reset%}>b", "<<{%", "<{%<{%", "é<{%\n"]) {
      assert.doesNotMatch(show(bytesOf(name)), /<\{%/, name);
      assert.doesNotMatch(showRemote(name), /<\{%/, name);
    }
    expect(show(bytesOf("<{%!%}>"))).toBe("\\x3c{%!%}>");
    expect(show(bytesOf("<{%"))).not.toBe(show(bytesOf("\\x3c{%")));
  });
});

describe("a message of many parts", () => {
  const anyText = fc.array(
    fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("<", "{", "%", "<{%", "\n", "\x1b")),
  );

  test("has nothing in it that a terminal acts on or does not show, and no colour code, whatever it is put together of", () => {
    fc.assert(
      fc.property(anyText, (parts) => {
        const text = printable(parts.join(""));
        expect(text).not.toMatch(/<\{%/);
        expect(text.replaceAll(/[ \n]/g, "")).not.toMatch(/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u);
        assert.equal(printable(text), text, "what is printable is left as it is");
      }),
      { numRuns: 3000 },
    );
    expect(printable("a\\b\n<{%reset%}>é\x1b[2J\u202e")).toBe("a\\b\n\\x3c{%reset%}>é\\x1b[2J\\xe2\\x80\\xae");
  });

  test("keeps the names in it as they are shown", () => {
    fc.assert(fc.property(anyBytes, (bytes) => expect(printable(show(bytes))).toBe(show(bytes))));
  });
});

describe("a host's message", () => {
  test("is capped, and one line with its control characters escaped", () => {
    expect(showRemote("  one\ntwo\x1b[2J\n")).toBe("one; two\\x1b[2J");
    assert.equal(showRemote("caf\xc3\xa9 \xff"), "café \\xff", "its bytes are those of the wire");
    expect(showRemote("x".repeat(500), 10)).toBe(`${"x".repeat(10)} …`);
  });
});

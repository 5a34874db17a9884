import assert from "node:assert/strict";
import { readFileSync, realpathSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Bytes } from "../../../provider/model/bytes";
import { readElf } from "../../../provider/observe/elf/read-elf";
import { programText } from "../../../provider/render/text/findings/programs";
import { madeElf } from "../../support/made-elf";

const read = (file: Buffer) => readElf([{ at: 0, bytes: file.toString("latin1") as Bytes }]);
/** The reason why a file cannot be used, in one line; empty where it can. */
const lineOf = (elf: ReturnType<typeof readElf>) => ("problem" in elf ? programText(elf) : "");
const loader = "/lib64/ld-linux-x86-64.so.2";

for (const bits of [32, 64] as const)
  test(`a program of ${bits} bits says what it needs, in its order`, () => {
    const needed = ["libb.so.1", "liba.so.2"];
    const rpath = "/opt/a:$ORIGIN/../lib";
    expect(read(madeElf({ bits, interpreter: loader, needed, soname: "me", rpath }))).toStrictEqual({
      machine: 62,
      bits,
      kind: "dynamic",
      interpreter: loader,
      soname: "me",
      needed,
      rpath: ["/opt/a", "$ORIGIN/../lib"],
      audit: false,
    });
  });

test("an RPATH does not count beside a RUNPATH, not even beside an empty one", () => {
  const both = read(madeElf({ needed: ["libc.so.6"], rpath: "/opt/a", runpath: "" }));
  assert.ok(!("problem" in both));
  expect([both.rpath, both.runpath]).toStrictEqual([[], [""]]);
});

test("a static program needs nothing, with and without a dynamic section", () => {
  for (const made of [{ type: 2 }, { soname: "x" }]) {
    const elf = read(madeElf(made));
    expect(elf).toMatchObject({ kind: "static" });
  }
});

test("both kinds of audit libraries are seen", () => {
  for (const made of [{ audit: "/tmp/x.so" }, { depaudit: "/tmp/x.so" }]) {
    const elf = read(madeElf({ needed: ["libc.so.6"], ...made }));
    expect(elf).toMatchObject({ audit: true });
  }
});

/** A good file with one thing changed. */
function changed(at: number, ...bytes: number[]): Buffer {
  const file = madeElf({ interpreter: loader, needed: ["libc.so.6"] });
  Buffer.from(bytes).copy(file, at);
  return file;
}

test("what is no ELF file that can be used says why", () => {
  const cases: [Buffer, RegExp][] = [
    [Buffer.from("MZ, and more"), /^is no ELF file$/],
    [Buffer.alloc(0), /^is no ELF file$/],
    [changed(5, 2), /^is a big-endian program/],
    [changed(4, 3), /neither of 32 nor of 64 bits/],
    [changed(16, 1), /^is neither a program nor a library/],
    [changed(16, 4), /^is neither a program nor a library/],
    [changed(56, 65), /more than 64 program headers/],
    [changed(54, 55), /program headers have another size/],
    [changed(32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), /^is a damaged ELF file: its header/],
    [changed(32, 0xff, 0xff), /^is a damaged ELF file: a program header/],
    [changed(64 + 56 + 8, 0xff, 0xff), /^is a damaged ELF file: its loader/],
    [changed(64 + 18, 5), /^is a damaged ELF file: its list of libraries/],
    [madeElf({ needed: Array.from({ length: 257 }, (_, index) => `lib${index}`) }), /more than 256 libraries/],
    [madeElf({ needed: Array.from({ length: 1025 }, () => "x") }), /more than 1024 dynamic entries/],
    [madeElf({ needed: ["x".repeat(4096)] }), /^is a damaged ELF file: its list of libraries/],
  ];
  for (const [file, why] of cases) expect(lineOf(read(file))).toMatch(why);
});

test("parts that the host sends are enough, and a missing one is told", () => {
  const file = madeElf({ interpreter: loader, needed: ["libc.so.6"] });
  const part = (from: number, to: number) => ({ at: from, bytes: file.toString("latin1", from, to) as Bytes });
  expect(readElf([part(0, 260), part(260, file.length)])).toStrictEqual(read(file));
  expect(lineOf(readElf([part(0, 300)]))).toMatch(/^is a damaged ELF file/);
});

/** Real ones: a large program, a library, and a small program. */
const real = [process.execPath, "/bin/sh", loader].map((path) => readFileSync(realpathSync(path)).subarray(0, 250_000));
const made = [madeElf({ interpreter: loader, needed: ["liba.so", "libb.so"], runpath: "$ORIGIN" })];

test("whatever the bytes are there is an answer, of bounded size", () => {
  const file = fc.constantFrom(...real, ...made);
  // Most flips go where the headers are.
  const place = fc.oneof(fc.nat(1024), fc.nat(250_000));
  const flips = fc.array(fc.tuple(place, fc.oneof(fc.nat(255), fc.constantFrom(0, 255))), { maxLength: 12 });
  const damaged = fc.tuple(file, flips, fc.nat(250_000), fc.boolean()).map(([whole, changes, length, isCut]) => {
    const copy = Buffer.from(isCut ? whole.subarray(0, length) : whole);
    for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
    return copy;
  });
  const random = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.concat([Buffer.from("\x7fELF"), bytes]));
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: damaged }, { weight: 1, arbitrary: random }), (bytes) => {
      const elf = read(bytes);
      if ("problem" in elf) return expect(lineOf(elf)).toMatch(/^is [a-z]/);
      assert.ok(elf.needed.length <= 256 && elf.rpath.length + (elf.runpath?.length ?? 0) <= 4097);
    }),
    { numRuns: Number(process.env["ELF_FUZZ"] ?? 400) },
  );
});

test("a small file cut anywhere, and with any one byte changed, has an answer", () => {
  const [whole = Buffer.alloc(0)] = made;
  // The value of the last dynamic entry means nothing.
  for (let length = 0; length < whole.length - 8; length++)
    assert.ok("problem" in read(whole.subarray(0, length)), `${length} bytes`);
  for (let at = 0; at < whole.length; at++)
    for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
      const copy = Buffer.from(whole);
      copy[at] = value;
      read(copy);
    }
});

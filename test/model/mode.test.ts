import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  applyMode,
  formatMode,
  isAbsolute,
  isCold,
  isMixed,
  mixedMode,
  parseMode,
  requireMode,
} from "../../provider/model/mode";

const subset = (letters: string) => fc.subarray([...letters]).map((chosen) => chosen.join(""));
const perms = fc.oneof(
  { weight: 3, arbitrary: subset("rwxX") },
  { weight: 1, arbitrary: fc.constantFrom("u", "g", "o") },
);
const action = fc.tuple(fc.constantFrom("=", "+", "-"), perms).map((parts) => parts.join(""));
const clause = fc
  .tuple(subset("ugoa"), fc.array(action, { minLength: 1, maxLength: 3 }))
  .map(([who, actions]) => who + actions.join(""));
const symbolic = fc.array(clause, { minLength: 1, maxLength: 4 }).map((clauses) => clauses.join(","));
const base = fc.integer({ min: 0, max: 0o777 });

const apply = (text: string, on: number, isDirectory = false) =>
  formatMode(applyMode(requireMode(text), on, isDirectory));

describe("a mode", () => {
  test("in octal is itself, whatever was there before", () => {
    for (const text of ["0000", "0640", "0777"]) expect(apply(text, 0o7531)).toBe(text);
  });

  test("in symbols says what chmod(1) says", () => {
    expect(apply("u=rw,og=r", 0)).toBe("0644");
    expect(apply("u=rwx,og=x", 0o777)).toBe("0711");
    expect(apply("ug=r,o=", 0o777)).toBe("0440");
    expect(apply("g=u,o-rwx", 0o604)).toBe("0660");
    expect(apply("=r", 0o777)).toBe("0444");
    expect(apply("+x", 0o600)).toBe("0711");
    expect(apply("u+w-x,g=", 0o575)).toBe("0605");
    expect(apply("a+X", 0o600)).toBe("0600");
    expect(apply("a+X", 0o600, true)).toBe("0711");
    expect(apply("a+X", 0o610)).toBe("0711");
  });

  test("in symbols drops special bits of what was there before", () => {
    expect(apply("g+w", 0o7640)).toBe("0660");
  });

  test("is refused unless it is four octal digits or symbols", () => {
    for (const text of [
      "",
      "644",
      "00644",
      "0888",
      "0o644",
      " 0644",
      "rw-r--r--",
      "u",
      "u=rw,",
      ",u=r",
      "u=rwu",
      "u=gX",
      "z+x",
      "u=rw g=r",
      "u+r\n",
    ])
      assert.equal(typeof parseMode(text), "string", JSON.stringify(text));
    expect(String(parseMode("644"))).toMatch(/four octal digits/);
    expect(String(parseMode("u=rwu"))).toMatch(/"u=rwu" is not of the form/);
  });

  test("is refused when it states setuid, setgid or sticky", () => {
    for (const text of ["4755", "2755", "1777", "u+s", "g=rs", "+t", "u=rw,a+t"])
      assert.match(String(parseMode(text)), /state them as special/, text);
  });

  test("is four digits when it is printed", () => {
    expect([0, 0o7, 0o640, 0o4755].map(formatMode)).toStrictEqual(["0000", "0007", "0640", "4755"]);
  });

  test("is absolute when no mode before it could make a difference", () => {
    for (const text of ["0640", "u=rw,og=r", "a=r", "u=rw,g=u,o=", "a=,u+r"])
      assert.ok(isAbsolute(requireMode(text), false), text);
    for (const text of ["g+w", "o=", "u=rw", "a=X", "g=u", "g-u,u=,o="])
      assert.ok(!isAbsolute(requireMode(text), false), text);
    assert.ok(isAbsolute(requireMode("a=X"), true), "X is x for a directory");
  });

  test("is absolute exactly when all bases give the same", () => {
    fc.assert(
      fc.property(symbolic, fc.boolean(), (text, isDirectory) => {
        const spec = requireMode(text);
        const results = new Set(Array.from({ length: 512 }, (_, at) => applyMode(spec, at, isDirectory)));
        expect(isAbsolute(spec, isDirectory)).toBe(results.size === 1);
      }),
      { numRuns: 2000 },
    );
  });

  test("makes a directory cold when it is root's and neither group nor others may write in it", () => {
    for (const mode of [0o700, 0o755, 0o2755, 0o1755, 0, 0o555]) assert.ok(isCold({ uid: 0, mode }), formatMode(mode));
    // The sticky bit keeps others from removing, not from making.
    for (const mode of [0o770, 0o757, 0o720, 0o702, 0o1777, 0o722])
      assert.ok(!isCold({ uid: 0, mode }), formatMode(mode));
    assert.ok(!isCold({ uid: 53, mode: 0o500 }), "its owner may give the permission back");
  });

  test("gives a file and a directory what chmod gives them, with umask 0", () => {
    const folder = mkdtempSync(join(tmpdir(), "chroot-mode-"));
    try {
      const cases = fc.array(fc.tuple(symbolic, base, fc.boolean()), { minLength: 150, maxLength: 150 });
      fc.assert(
        fc.property(cases, (list) => expect(list.map(ours)).toStrictEqual(chmodded(folder, list))),
        { numRuns: 2, endOnFailure: true },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

type ModeCase = readonly [string, number, boolean];

function ours([text, on, isDirectory]: ModeCase): string {
  return `${text} on ${formatMode(on)}: ${formatMode(applyMode(requireMode(text), on, isDirectory))}`;
}

/** One shell for all cases: it prints the results of the machine's chmod. */
function chmodded(folder: string, cases: readonly ModeCase[]): string[] {
  const run = mkdtempSync(join(folder, "run-"));
  const commands = cases.map(([text, on, isDirectory], at) => {
    const path = join(run, String(at));
    if (isDirectory) mkdirSync(path);
    else writeFileSync(path, "");
    chmodSync(path, on);
    return `chmod -- '${text}' ${at} || exit 1`;
  });
  execFileSync("sh", ["-c", ["umask 0", ...commands].join("\n")], { cwd: run });
  return cases.map(([text, on], at) => {
    const mode = statSync(join(run, String(at))).mode & 0o7777;
    return `${text} on ${formatMode(on)}: ${formatMode(mode)}`;
  });
}

describe("a mode that says all but who is a program", () => {
  test("is one with X and nothing else of the mode below it", () => {
    for (const text of ["u=rwX,go=rX", "a=rX", "u=rwX,g=rX,o=", "ug=rX,o=X", "=X"])
      assert.ok(isMixed(requireMode(text)), text);
    const others = ["0644", "u=rw,go=r", "a+X", "u=rwx,go=rX", "go=rX", "u=rw,go=rX", "u=rwX,g=u,o+X", "u=rwX,go+rX"];
    for (const text of others) assert.ok(!isMixed(requireMode(text)), text);
  });

  test("gives a program what it does not give to other files", () => {
    const of = (text: string) => [true, false].map((is) => formatMode(mixedMode(requireMode(text), is)));
    expect(of("u=rwX,go=rX")).toStrictEqual(["0755", "0644"]);
    expect(of("u=rwX,g=rX,o=")).toStrictEqual(["0750", "0640"]);
  });
});

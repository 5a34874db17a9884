import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { describe } from "node:test";
import fc from "fast-check";
import { applyMode, formatMode, isAbsolute, isCold, parseMode, requireMode } from "../../provider/model/mode";

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
    for (const text of ["0000", "0640", "0777"]) assert.equal(apply(text, 0o7531), text);
  });

  test("in symbols says what chmod(1) says", () => {
    assert.equal(apply("u=rw,og=r", 0), "0644");
    assert.equal(apply("u=rwx,og=x", 0o777), "0711");
    assert.equal(apply("ug=r,o=", 0o777), "0440");
    assert.equal(apply("g=u,o-rwx", 0o604), "0660");
    assert.equal(apply("=r", 0o777), "0444");
    assert.equal(apply("+x", 0o600), "0711");
    assert.equal(apply("u+w-x,g=", 0o575), "0605");
    assert.equal(apply("a+X", 0o600), "0600");
    assert.equal(apply("a+X", 0o600, true), "0711");
    assert.equal(apply("a+X", 0o610), "0711");
  });

  test("in symbols drops special bits of what was there before", () => {
    assert.equal(apply("g+w", 0o7640), "0660");
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
    assert.match(String(parseMode("644")), /four octal digits/);
    assert.match(String(parseMode("u=rwu")), /"u=rwu" is not of the form/);
  });

  test("is refused when it states setuid, setgid or sticky", () => {
    for (const text of ["4755", "2755", "1777", "u+s", "g=rs", "+t", "u=rw,a+t"])
      assert.match(String(parseMode(text)), /state them as special/, text);
  });

  test("is four digits when it is printed", () => {
    assert.deepEqual([0, 0o7, 0o640, 0o4755].map(formatMode), ["0000", "0007", "0640", "4755"]);
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
        assert.equal(isAbsolute(spec, isDirectory), results.size === 1);
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
        fc.property(cases, (list) => assert.deepEqual(list.map(ours), chmodded(folder, list))),
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

/** One shell for all: what the machine's chmod makes of each case. */
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

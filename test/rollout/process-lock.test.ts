import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { ProcessLock } from "../../provider/rollout/process-lock";
import { startOf } from "../../provider/rollout/processes";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
  path = join(folder, "lock");
});
afterEach(() => rmSync(folder, { recursive: true }));
const held = (holder: object) => writeFileSync(path, `${JSON.stringify(holder)}\n`);

test("a lock is one process's until it is released", () => {
  const lock = ProcessLock.take(path);
  if ("heldBy" in lock) throw new Error(lock.heldBy);
  expect(ProcessLock.take(path)).toStrictEqual({ heldBy: `process ${process.pid} on ${hostname()}` });
  lock.release();
  expect(readdirSync(folder)).toStrictEqual([]);
});

test("a lock of a process that has ended, or of an earlier one with the same pid, counts for nothing", () => {
  for (const holder of [
    { pid: 2 ** 22 + 1, host: hostname(), start: 5 },
    { pid: process.pid, host: hostname(), start: (startOf(process.pid) ?? 0) - 1 },
  ]) {
    held(holder);
    const lock = ProcessLock.take(path);
    if ("heldBy" in lock) throw new Error(lock.heldBy);
    expect(readdirSync(folder)).toStrictEqual(["lock"]);
    lock.release();
  }
});

test("a link to nothing in a lock's place is told: a wait for its end would have none", () => {
  symlinkSync(join(folder, "none"), path);
  // In a process of its own: the wait would block this one.
  const source = join(__dirname, "..", "..", "provider", "rollout", "process-lock.js");
  const text = `console.log(JSON.stringify(require(${JSON.stringify(source)}).ProcessLock.take(${JSON.stringify(path)})))`;
  const { stdout } = spawnSync(process.execPath, ["-e", text], { encoding: "utf8", timeout: 20_000 });
  expect(JSON.parse(stdout || "{}")).toStrictEqual({ heldBy: `${path}, which is no lock of this program: remove it` });
});

test("a lock of another machine, and a file that is no lock, are left alone", () => {
  held({ pid: 2 ** 22 + 1, host: "another", start: 5 });
  expect(ProcessLock.take(path)).toStrictEqual({ heldBy: `process ${2 ** 22 + 1} on another` });
  writeFileSync(path, "mine");
  expect(ProcessLock.take(path)).toMatchObject({ heldBy: expect.stringContaining("remove it") });
  expect(readFileSync(path, "utf8")).toBe("mine");
});

import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Planned } from "../../provider/fleet/event";
import { lineOf } from "../../provider/fleet/journal";
import { JournalFile, readRecord } from "../../provider/rollout/journal-file";

const planned: Planned = {
  record: "pulumi-chroot rollout",
  version: 1,
  at: "t",
  plan: { mode: "up", waves: [], maxFailures: 0, width: 1 },
};
const event = (unit: string) => ({ event: "started", at: "t", unit }) as const;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(folder, "new", "a.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a record is one line for each event, in their order, and nobody else reads it", async () => {
  expect(readRecord(path)).toBe(undefined);
  const file = await JournalFile.begin(path, planned);
  await Promise.all(["a", "b", "c"].map((unit) => file.append(event(unit))));
  await file.close();
  expect(readFileSync(path, "utf8")).toBe(
    [planned, event("a"), event("b"), event("c")].map((one) => lineOf(one)).join(""),
  );
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a record goes on after its last whole line", async () => {
  await (await JournalFile.begin(path, planned)).close();
  appendFileSync(path, '{"event":"star');
  const read = readRecord(path);
  if (!read || !("record" in read)) throw new Error("no record");
  const file = await JournalFile.goOn(path, read.end);
  await file.append(event("a"));
  await file.close();
  expect(readFileSync(path, "utf8")).toBe(lineOf(planned) + lineOf(event("a")));
});

test("a full disk is an error that says so, and leaves whole lines alone", async () => {
  const script = `
    const { JournalFile } = require(${JSON.stringify(join(__dirname, "..", "..", "provider", "rollout", "journal-file.js"))});
    (async () => {
      const file = await JournalFile.begin(${JSON.stringify(path)}, ${JSON.stringify(planned)});
      for (;;) await file.append({ event: "started", at: "t", unit: "u".repeat(100) });
    })().catch((error) => console.log(error.message));`;
  // The shell's limit of a file's size stands for a disk: 1 KiB.
  const { stdout } = await promisify(execFile)("sh", [
    "-c",
    'ulimit -f 2; exec "$0" -e "$1"',
    process.execPath,
    script,
  ]);
  expect(stdout).toMatch(/^the record cannot be written: .*a\.jsonl: EFBIG.*: nothing starts without it; make room/);
  expect(readFileSync(path, "utf8")).toMatch(/^(\{.*\}\n){5,10}$/);
});

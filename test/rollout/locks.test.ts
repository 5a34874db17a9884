import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { ProcessLock } from "../../provider/rollout/process-lock";

const source = join(__dirname, "..", "..", "provider", "rollout", "rollout.js");

describe("two rollouts of one fleet that have two records", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "chroot-locks-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [mode, name] of [
    ["up", "rollout.lock"],
    ["preview", "preview.lock"],
  ] as const)
    test(`refuse each other in mode ${mode}, as they share the assessments of the jails`, () => {
      const project = join(folder, ".pulumi-chroot", "dns");
      mkdirSync(project, { recursive: true });
      const lock = ProcessLock.take(join(project, name));
      expect(lock).toBeInstanceOf(ProcessLock);
      const fleet = '{ name: "dns", units: { a: { host: "a" } }, declare() {} }';
      const text = `require(${JSON.stringify(source)}).rollout(${fleet}, { mode: "${mode}", record: "other.jsonl" })
        .catch(({ message }) => process.stdout.write(message))`;
      const { stdout } = spawnSync(process.execPath, ["-e", text], { cwd: folder, encoding: "utf8" });
      const holder = `process ${process.pid} on ${hostname()}`;
      expect(stdout).toBe(`another rollout of dns runs: ${holder}: wait for its end, or stop it with Ctrl-C`);
    });
});

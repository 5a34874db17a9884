import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const checkout = join(__dirname, "..", "..", "..");

test("a file with a failure that no other process can take is reported test by test", () => {
  const folder = mkdtempSync(join(tmpdir(), "chroot-runner-"));
  try {
    writeFileSync(
      join(folder, "one.test.js"),
      `test("fails", () => expect(["a"]).toStrictEqual([expect.stringMatching(/b/)]));
       test("passes", () => undefined);`,
    );
    const config = join(folder, "jest.config.json");
    const runner = join(checkout, "dist", "scripts", "jest", "runner.js");
    writeFileSync(config, JSON.stringify({ displayName: "unit", runner, transform: {} }));
    const jest = join(checkout, "node_modules", "jest", "bin", "jest.js");
    const { stderr } = spawnSync(process.execPath, [jest, "--config", config, "--ci"], { encoding: "utf8" });
    expect(stderr).toMatch(/● fails/);
    expect(stderr).toMatch(/StringMatching \/b\//);
    expect(stderr).toMatch(/Tests: +1 failed, 1 passed, 2 total/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import assert from "node:assert/strict";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "@jest/globals";
import { checkout, run, useFolders } from "../../support/started-command";

const folder = useFolders();

test("a setup that is done does nothing the second time", async () => {
  const directory = folder();
  const called = join(directory, "called");
  for (const name of ["npm", "go", "apt-get", "dnf", "apk"]) {
    writeFileSync(join(directory, name), `#!/bin/sh\necho ${name} "$@" >>${called}\nexit 1\n`);
    chmodSync(join(directory, name), 0o755);
  }
  const setup = [process.execPath, join(checkout, "scripts", "setup.js"), "--tests"];
  const first = await run(setup, {});
  assert.equal(first.code, 0, first.output);
  const compiled = () => statSync(join(checkout, "dist", "scripts", "demo.js")).mtimeMs;
  const before = compiled();
  const second = await run(setup, { PATH: [directory, process.env["PATH"]].join(delimiter) });
  assert.equal(second.code, 0, second.output);
  expect(second.output).toMatch(/^Setup: ready in .* s, the Pulumi CLI in /m);
  expect(second.output).not.toMatch(/Installing|Building|Downloading/);
  expect(existsSync(called) ? readFileSync(called, "utf8") : "").toBe("");
  expect(compiled()).toBe(before);
});

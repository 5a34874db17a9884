import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { damage } from "../../../scripts/demo/story";
import { findTool } from "../../../scripts/lab/requirements";
import { assertNothingLeft, changes, demo, run, useFolders } from "../../support/started-command";

const folder = useFolders();

test("the demo shows every change with live value, declared value and reason, and leaves nothing behind", async () => {
  const directory = folder();
  const before = changes();
  const { pid, code, output } = await run(demo, { TMPDIR: directory });
  assert.equal(code, 0, output);
  for (const { path, live, declared, reason } of damage) {
    assert.ok(output.includes(`"${live} => ${declared}"`), `${path} in the diff:\n${output}`);
    const log = output.replace(/ \(changed [^)]+ ago\)/g, "");
    assert.ok(log.includes(`/${path} is ${live}, declared ${declared} (`), `${path} in the log:\n${output}`);
    assert.ok(output.includes(`: ${reason})`), `the reason for ${path}:\n${output}`);
  }
  expect(output).toMatch(/ok: nothing to do/);
  await assertNothingLeft(directory, pid);
  expect(changes()).toBe(before);
});

test("where a host cannot be made the demo says what it cannot show and how to see it, and fails", async () => {
  const directory = folder();
  // Root still, as in a container: reads the checkout wherever it is, and may not make namespaces.
  const limited = [findTool("setpriv") ?? "setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", ...demo];
  const { pid, code, output } = await run(limited, { TMPDIR: directory });
  assert.equal(code, 1, output);
  expect(output).toMatch(/could not be set up here \(unshare: .*not permitted/);
  expect(output).toMatch(/cannot show here how pulumi up makes a BIND jail/);
  expect(output).toMatch(/run it as root on Linux/);
  await assertNothingLeft(directory, pid);
});

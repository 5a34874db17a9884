import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { until } from "../../support/daemon";
import { about, checkout, processesOf, useFolders } from "../../support/started-command";

const folder = useFolders();

test("npm test that gets SIGTERM ends its workers, their hosts and the CLIs that they started", async () => {
  const directory = folder();
  const runs = (name: string) => processesOf(directory).some((pid) => about(pid, "comm") === `${name}\n`);
  const env = { ...process.env, TMPDIR: directory };
  const child = spawn("npm", ["test", "--", "e2e/counts"], { cwd: checkout, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  for (; !runs("unshare") || !runs("pulumi"); await setTimeout(50)) expect(child.exitCode).toBe(null);
  child.kill("SIGTERM");
  await ended;
  await until("no process is left", () => processesOf(directory).length === 0);
  // A file that was killed has not failed, and the run has no result.
  expect((await printed).join("")).not.toMatch(/FAIL|passed/);
});

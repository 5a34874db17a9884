import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { afterEach, expect, test } from "@jest/globals";
import { damage } from "../../scripts/demo/story";
import { findTool } from "../../scripts/lab/requirements";
import { until } from "../support/daemon";

const checkout = join(__dirname, "..", "..", "..");

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Makes a folder for the temporary files of the commands that a test starts. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "chroot-commands-"));
  folders.push(made);
  return made;
}
const folders: string[] = [];
afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

/** Runs a command in the checkout; `onOutput` sees all that has come so far, each time some comes. */
async function run(
  [command = "", ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  onOutput: (output: string, child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(command, args, { cwd: checkout, env: { ...process.env, ...env }, stdio: "pipe" });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      onOutput(output, child);
    });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  return { code, output };
}

const demo = [process.execPath, join(checkout, "dist", "scripts", "demo.js")];

function changes(): string {
  return execFileSync("git", ["status", "--porcelain"], { cwd: checkout, encoding: "utf8" });
}

function projects(): string[] {
  return readdirSync(join(checkout, ".cache")).filter((name) => name.startsWith("demo-"));
}

function about(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return ""; // ended meanwhile
  }
}

/** Processes that were started with this folder in their arguments or environment. */
function processesOf(directory: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => about(pid, "cmdline").includes(directory) || about(pid, "environ").includes(directory));
}

/** The demo's host keeps its folder in `directory`, and the CLI's processes have the demo's in their environment. */
async function assertNothingLeft(directory: string): Promise<void> {
  for (let left = 20; left > 0 && processesOf(directory).length > 0; left--) await setTimeout(50);
  expect(processesOf(directory)).toStrictEqual([]);
  expect(readdirSync(directory)).toStrictEqual([]);
  expect(projects()).toStrictEqual([]);
  expect(processesOf(join(checkout, ".cache", "demo-"))).toStrictEqual([]);
}

test("the demo shows every change with live value, declared value and reason, and leaves nothing behind", async () => {
  const directory = folder();
  const before = changes();
  const { code, output } = await run(demo, { TMPDIR: directory });
  assert.equal(code, 0, output);
  for (const { path, live, declared, reason } of damage) {
    assert.ok(output.includes(`"${live} => ${declared}"`), `${path} in the diff:\n${output}`);
    const log = output.replace(/ \(changed [^)]+ ago\)/g, "");
    assert.ok(log.includes(`/${path} is ${live}, declared ${declared} (`), `${path} in the log:\n${output}`);
    assert.ok(output.includes(`: ${reason})`), `the reason for ${path}:\n${output}`);
  }
  expect(output).toMatch(/ok: nothing to do/);
  await assertNothingLeft(directory);
  expect(changes()).toBe(before);
});

const moments = [
  { signal: "SIGINT", seen: /1\. A host to work on/, when: "while it makes the host" },
  { signal: "SIGTERM", seen: /\$ pulumi stack init/, when: "while the CLI runs" },
  { signal: "SIGINT", seen: /Jail named creating/, when: "while the jail is being made" },
] as const;

for (const { signal, seen, when } of moments)
  test(`the demo ends with the code of ${signal} ${when}, and leaves nothing behind`, async () => {
    const directory = folder();
    const before = changes();
    let sent = false;
    const { code, output } = await run(demo, { TMPDIR: directory }, (text, child) => {
      if (sent || !seen.test(text)) return;
      sent = true;
      child.kill(signal);
    });
    assert.equal(code, signal === "SIGINT" ? 130 : 143, output);
    expect(output).toMatch(new RegExp(`interrupted \\(${signal}\\)`));
    await assertNothingLeft(directory);
    expect(changes()).toBe(before);
  });

test("where a host cannot be made the demo says what it cannot show and how to see it, and fails", async () => {
  const directory = folder();
  // Root still, as in a container: reads the checkout wherever it is, and may not make namespaces.
  const limited = [findTool("setpriv") ?? "setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", ...demo];
  const { code, output } = await run(limited, { TMPDIR: directory });
  assert.equal(code, 1, output);
  expect(output).toMatch(/could not be set up here \(unshare: .*not permitted/);
  expect(output).toMatch(/cannot show here how pulumi up makes a BIND jail/);
  expect(output).toMatch(/run it as root on Linux/);
  await assertNothingLeft(directory);
});

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

import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
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
import test, { type TestContext } from "node:test";
import { setTimeout } from "node:timers/promises";
import { damage } from "../../scripts/demo/story";
import { findTool } from "../../scripts/lab/requirements";

const checkout = join(__dirname, "..", "..", "..");

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A folder of a test, for the temporary files of what it starts. */
function folder(context: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), "chroot-commands-"));
  context.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

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

/** Processes that were started with this folder in their arguments or environment. */
function processesOf(directory: string): string[] {
  const about = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "utf8");
    } catch {
      return ""; // ended meanwhile
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => about(pid, "cmdline").includes(directory) || about(pid, "environ").includes(directory));
}

/** The demo's host keeps its folder in `directory`, and the CLI's processes have the demo's in their environment. */
async function assertNothingLeft(directory: string): Promise<void> {
  for (let left = 20; left > 0 && processesOf(directory).length > 0; left--) await setTimeout(50);
  assert.deepEqual(processesOf(directory), []);
  assert.deepEqual(readdirSync(directory), []);
  assert.deepEqual(projects(), []);
  assert.deepEqual(processesOf(join(checkout, ".cache", "demo-")), []);
}

test("the demo shows every change with live value, declared value and reason, and leaves nothing behind", async (context) => {
  const directory = folder(context);
  const before = changes();
  const { code, output } = await run(demo, { TMPDIR: directory });
  assert.equal(code, 0, output);
  for (const { path, live, declared, reason } of damage) {
    assert.ok(output.includes(`"${live} => ${declared}"`), `${path} in the diff:\n${output}`);
    assert.ok(output.includes(`/${path} is ${live}, declared ${declared} (`), `${path} in the log:\n${output}`);
    assert.ok(output.includes(`: ${reason})`), `the reason for ${path}:\n${output}`);
  }
  assert.match(output, /ok: nothing to do/);
  await assertNothingLeft(directory);
  assert.equal(changes(), before);
});

const moments = [
  { signal: "SIGINT", seen: /1\. A host to work on/, when: "while it makes the host" },
  { signal: "SIGTERM", seen: /\$ pulumi stack init/, when: "while the CLI runs" },
  { signal: "SIGINT", seen: /Jail named creating/, when: "while the jail is being made" },
] as const;

for (const { signal, seen, when } of moments)
  test(`the demo ends with the code of ${signal} ${when}, and leaves nothing behind`, async (context) => {
    const directory = folder(context);
    const before = changes();
    let sent = false;
    const { code, output } = await run(demo, { TMPDIR: directory }, (text, child) => {
      if (sent || !seen.test(text)) return;
      sent = true;
      child.kill(signal);
    });
    assert.equal(code, signal === "SIGINT" ? 130 : 143, output);
    assert.match(output, new RegExp(`interrupted \\(${signal}\\)`));
    await assertNothingLeft(directory);
    assert.equal(changes(), before);
  });

test("where a host cannot be made the demo says what it cannot show and how to see it, and fails", async (context) => {
  const directory = folder(context);
  // Root still, as in a container: reads the checkout wherever it is, and may not make namespaces.
  const limited = [findTool("setpriv") ?? "setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin", ...demo];
  const { code, output } = await run(limited, { TMPDIR: directory });
  assert.equal(code, 1, output);
  assert.match(output, /could not be set up here \(unshare: .*not permitted/);
  assert.match(output, /cannot show here how pulumi up makes a BIND jail/);
  assert.match(output, /run it as root on Linux/);
  await assertNothingLeft(directory);
});

test("a setup that is done does nothing the second time", async (context) => {
  const directory = folder(context);
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
  assert.match(second.output, /^Setup: ready in .* s, the Pulumi CLI in /m);
  assert.doesNotMatch(second.output, /Installing|Building|Downloading/);
  assert.equal(existsSync(called) ? readFileSync(called, "utf8") : "", "");
  assert.equal(compiled(), before);
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { hostProcesses } from "../../scripts/lab/processes";
import { until } from "../support/daemon";
import { doors as both } from "../support/doors";
import { ok, useLab } from "../support/e2e";
import type { Stack } from "../support/stack";

const [dynamic, plugin] = both;
if (!dynamic || !plugin) throw new Error("there are two doors");
const root = "/srv/jail";
const gate = "/run/lab/gate";
const chmod = "/usr/bin/chmod";

const doors = [
  { ...dynamic, signals: ["SIGINT", "SIGTERM"] },
  { ...plugin, signals: ["SIGINT", "SIGKILL"] },
] as const;

describe.each(doors)("an up over the $name that is interrupted while the daemon's directories are closed", (door) => {
  const lab = useLab();
  let stack: Stack;
  beforeAll(async () => {
    stack = await lab.stack();
    door.declare(stack, { jails: { app: lab.jail(root, { writable: { data: "what visitors send" } }) } });
    ok(await stack.up());
    // A repair that takes its time.
    const slow = (original: string) =>
      `#!/bin/sh\n[ ! -e ${gate} ] || { : >${gate}.reached; sleep 2; }\nexec ${original} "$@"\n`;
    await lab.host.replace(chmod, slow);
  });

  /**
   * Signals the process group of an `up`, as a terminal does, once a repair has begun; returns its exit code and output. A kill is for
   * the CLI alone.
   */
  async function interrupted(signal: "SIGINT" | "SIGTERM" | "SIGKILL"): Promise<[number | null, string]> {
    writeFileSync(lab.host.path(gate), "");
    const child = spawn("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive", "--color", "never"], {
      cwd: stack.directory,
      env: stack.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    const ended = once(child, "close").then(() => true);
    while (!existsSync(lab.host.path(`${gate}.reached`)))
      if (await Promise.race([ended, setTimeout(20, false)])) throw new Error(output);
    rmSync(lab.host.path(gate));
    const pid = child.pid ?? 0;
    process.kill(signal === "SIGKILL" ? pid : -pid, signal);
    await ended;
    rmSync(lab.host.path(`${gate}.reached`));
    return [child.exitCode, output];
  }

  for (const signal of door.signals)
    test(`by ${signal} finishes the jail, opens them and gives its lock back; the next one converges`, async () => {
      await lab.host.must(
        `cd ${root}; mkdir -p data/below; chown www:www data; chmod 0700 data/below; chmod 0777 data`,
      );
      const initial = new Set(hostProcesses(lab.host.pid).map(({ pid }) => pid));
      const [code, output] = await interrupted(signal);
      assert.notEqual(code, 0, output);
      if (signal === "SIGKILL") ok(await stack.pulumi("cancel", "--yes"));
      else expect(output).toMatch(/update canceled/);
      await until("nothing of it runs on the host", () =>
        hostProcesses(lab.host.pid).every(({ pid }) => initial.has(pid)),
      );
      assert.equal(await lab.host.must(`stat -c '%U:%G %a' ${root}/data`), "root:www 770\n", "nothing is left closed");
      const left = await lab.host.must("find /var/lib/pulumi-chroot -name .beat -o -name sealed -o -name left");
      expect(left).toBe("");
      ok(await stack.preview("--expect-no-changes"));
      await lab.host.must(`chmod 0777 ${root}/data`);
      ok(await stack.up());
      expect(await lab.host.must(`stat -c '%U:%G %a' ${root}/data`)).toBe("root:www 770\n");
    });
});

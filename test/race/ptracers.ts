import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { findTool, TOOL_PATH } from "../../scripts/lab/requirements";
import { compileInto } from "../support/compile";
import type { LabHost } from "../support/sshd";

const program = "/opt/ptracer";

/** Compiles the daemon that takes over processes into a host. */
export function installPtracer(host: LabHost): void {
  compileInto(host, "race/ptracer.c", program);
}

/** A daemon in a jail that tries to take over every process of the host. */
export interface Ptracer {
  /** Ends it; the processes that it has found to share its user number, or has seized. */
  stop(): Promise<string[]>;
}

/** Starts one, and returns when it is at work. */
export async function startPtracer(host: LabHost, jail: string, uid: number): Promise<Ptracer> {
  const child = host.spawn([program, jail, String(uid)]);
  let output = "";
  let errors = "";
  const hasSwept = new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (data: Buffer) => {
      output += data.toString();
      if (/^(swept|seized \d+)$/m.test(output)) resolve();
    });
    child.stderr?.on("data", (data: Buffer) => {
      errors += data.toString();
    });
    child.once("close", (code) => reject(new Error(`the ptracer ended with ${code}: ${errors}`)));
  });
  await hasSwept;
  return {
    async stop() {
      if (child.exitCode === null) await host.kill(child);
      return output.split("\n").filter((line) => /^(shared|seized) /.test(line));
    },
  };
}

const setting = "/proc/sys/kernel/yama/ptrace_scope";
const script = `read -r before <${setting}; trap '' HUP INT TERM; echo 0 >${setting} && echo set && cat >/dev/null; echo "$before" >${setting}`;

/** Lets every process of the machine ptrace processes of its own user, as without Yama; returns the function that restores the setting. */
export async function allowPtrace(): Promise<() => Promise<void>> {
  if (!existsSync(setting)) return async () => undefined;
  const child = spawn(findTool("sh") ?? "sh", ["-c", script], {
    env: { PATH: TOOL_PATH },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  const exited = once(child, "exit");
  const isSet = await Promise.race([once(child.stdout, "data").then(() => true), exited.then(() => false)]);
  if (!isSet) throw new Error(`${setting} cannot be set on this machine`);
  return async () => {
    child.stdin.end();
    await exited;
  };
}

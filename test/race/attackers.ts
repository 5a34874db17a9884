import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { machinePid } from "../../scripts/lab/processes";
import { findTool } from "../../scripts/lab/requirements";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import * as scene from "./scene";

const source = join(__dirname, "..", "..", "..", "test", "race", "attacker.c");
const program = "/opt/race-attacker";

/** Compiles the attacker into a host: with the machine's libraries, which every lab host has. */
export function installAttacker(host: LabHost): void {
  const compiler = findTool("cc");
  if (compiler === undefined) throw new Error("the attacker is a C program, and no C compiler (cc) is installed");
  execFileSync(compiler, ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", "-o", host.path(program), source]);
}

/** How often each thing succeeded, by its name. */
export type Counts = ReadonlyMap<string, number>;

/** One process that runs as the daemon, outside of the jail so that it can reach what is to be linked. */
export interface Attacker {
  /** Stops its time, and returns when it stands still: what is done then is not raced. */
  pause(): void;
  resume(): void;
  /** Ends it, paused or not. */
  stop(): Promise<Counts>;
}

function stateOf(pid: number): string {
  return /^\d+ \(.*\) (\S) /s.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1] ?? "";
}

export async function startAttacker(host: LabHost, seed: number, hot: readonly string[]): Promise<Attacker> {
  const lists = [hot, scene.outsideFiles, scene.linkedFiles, scene.outsideDirectories];
  const operands = lists.map((list) => list.join("\n")).join("\n--\n");
  const child = host.spawn([program, String(seed), ...operands.split("\n")], { as: account.www });
  let output = "";
  let errors = "";
  const said = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output);
        if (match) resolve(match);
      };
      child.stdout?.on("data", look);
      child.once("close", () => reject(new Error(`the attacker has ended: ${output}${errors}`)));
      look();
    });
  child.stdout?.on("data", (data: Buffer) => {
    output += data.toString("latin1");
  });
  child.stderr?.on("data", (data: Buffer) => {
    errors += data.toString("latin1");
  });
  const [, inner] = await said(/^ready (\d+)$/m);
  const pid = machinePid(host.pid, Number(inner));
  if (pid === undefined) throw new Error("the attacker is not among the host's processes");
  return {
    pause() {
      process.kill(pid, "SIGSTOP");
      while (stateOf(pid) !== "T") if (stateOf(pid) === "Z") throw new Error(`the attacker has ended: ${errors}`);
    },
    resume: () => void process.kill(pid, "SIGCONT"),
    async stop() {
      const ended = said(/^denied \d+$/m);
      process.kill(pid, "SIGTERM");
      process.kill(pid, "SIGCONT");
      await ended;
      await host.kill(child);
      return new Map([...output.matchAll(/^([a-z-]+) (\d+)$/gm)].slice(1).map(([, name = "", n]) => [name, Number(n)]));
    },
  };
}

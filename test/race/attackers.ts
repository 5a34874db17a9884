import { machinePid } from "../../scripts/lab/processes";
import { compileInto } from "../support/compile";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import * as scene from "./scene";

const program = "/opt/race-attacker";

/** Compiles the attacker into a host. */
export function installAttacker(host: LabHost): void {
  compileInto(host, "race/attacker.c", program);
}

/** How often each thing succeeded, by its name. */
export type Counts = ReadonlyMap<string, number>;

/** One process that runs as the daemon, outside of the jail so that it can reach what is to be linked. */
export interface Attacker {
  /** Stops the process, and returns when it stands still: changes after that are not raced. */
  pause(): Promise<void>;
  resume(): void;
  /** Ends it, paused or not. */
  stop(): Promise<Counts>;
}

export async function startAttacker(host: LabHost, seed: number, hot: readonly string[]): Promise<Attacker> {
  const lists = [hot, scene.outsideFiles, scene.linkedFiles, scene.outsideDirectories];
  const operands = lists.map((list) => list.join("\n")).join("\n--\n");
  const child = host.spawn([program, String(seed), ...operands.split("\n")], { as: account.www });
  let output = "";
  let errors = "";
  const waiting: (() => void)[] = [];
  const wake = () => {
    for (const look of waiting.splice(0)) look();
  };
  child.stdout?.on("data", (data: Buffer) => {
    output += data.toString("latin1");
    wake();
  });
  child.stderr?.on("data", (data: Buffer) => {
    errors += data.toString("latin1");
  });
  let hasEnded = false;
  child.once("close", () => {
    hasEnded = true;
    wake();
  });
  const said = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const match = pattern.exec(output);
      if (match) return match;
      if (hasEnded) throw new Error(`the attacker has ended: ${output}${errors}`);
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const [, inner] = await said(/^ready (\d+)$/m);
  const pid = machinePid(host.pid, Number(inner));
  if (pid === undefined) throw new Error("the attacker is not among the host's processes");
  let pauses = 0;
  return {
    async pause() {
      const paused = said(new RegExp(`^(paused\\n[^]*?){${++pauses}}`, "m"));
      process.kill(pid, "SIGUSR1");
      await paused;
    },
    resume: () => void process.kill(pid, "SIGUSR2"),
    async stop() {
      const ended = said(/^denied \d+$/m);
      process.kill(pid, "SIGTERM");
      await ended;
      await host.kill(child);
      return new Map([...output.matchAll(/^([a-z-]+) (\d+)$/gm)].slice(1).map(([, name = "", n]) => [name, Number(n)]));
    },
  };
}

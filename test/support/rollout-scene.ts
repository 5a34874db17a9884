import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type * as chroot from "../../provider";
import type { Fleet, FleetReport, RolloutOptions, RolloutProgress } from "../../provider";
import type { FleetUnit } from "../../provider/fleet/fleet";
import { fill } from "./program";
import type { Stack } from "./stack";

/** A fleet whose program declares one jail for each host. */
export interface JailFleet extends Omit<Fleet, "declare"> {
  /** The root of each host's jail; default `/srv/NAME`. `none`: nothing is declared, which makes a unit cheap. */
  readonly roots?: Readonly<Record<string, string>> | "none";
  /** Runs in another process, before the jails are declared: it knows only its parameters. */
  readonly before?: (unit: FleetUnit) => unknown;
}

/** A rollout in a process of its own. */
export interface Running {
  readonly child: ChildProcess;
  readonly events: readonly RolloutProgress[];
  /** Resolves at the process's end. */
  readonly ended: Promise<{ readonly report: FleetReport | undefined; readonly stderr: string }>;
}

/** Starts `rollout()` in a stack's folder, with the stack's backend. */
export function startRollout(
  stack: Stack,
  { roots = {}, before = () => undefined, ...fleet }: JailFleet,
  options: Pick<RolloutOptions, "mode" | "width" | "record"> & {
    readonly onEvent?: (event: RolloutProgress, child: ChildProcess) => void;
    /** The shell's command of the process, from the command that runs the rollout. */
    readonly shell?: (run: string) => string;
  } = {},
): Running {
  const { onEvent = () => undefined, shell = (run) => `exec ${run}`, ...given } = options;
  const args = fill({ jails: { jail: { adopt: true } as never } }).jails["jail"];
  writeFileSync(join(stack.directory, "given.json"), JSON.stringify({ fleet, roots, options: given, args }));
  writeFileSync(
    join(stack.directory, "run.js"),
    `(${program})(require("pulumi-chroot"), require("./given.json"), ${before})`,
  );
  const child = spawn("sh", ["-ec", shell(`'${process.execPath}' run.js`)], {
    cwd: stack.directory,
    env: stack.env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const events: RolloutProgress[] = [];
  let [stderr, report] = ["", undefined as FleetReport | undefined];
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const told = JSON.parse(line) as RolloutProgress | { readonly report: FleetReport };
    if ("report" in told) report = told.report;
    else {
      events.push(told);
      onEvent(told, child);
    }
  });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve())).then(() => ({ report, stderr }));
  return { child, events, ended };
}

/** The report of a rollout that has to have one. */
export async function reportOf(running: Running): Promise<FleetReport> {
  const { report, stderr } = await running.ended;
  if (!report) throw new Error(`the rollout gave no report:\n${stderr}`);
  return report;
}

interface Given {
  readonly fleet: Omit<Fleet, "declare">;
  readonly roots: NonNullable<JailFleet["roots"]>;
  readonly options: RolloutOptions;
  readonly args: chroot.JailArgs;
}

function program(
  { Jail, defineFleet, rollout }: typeof chroot,
  { fleet, roots, options, args }: Given,
  before: (unit: FleetUnit) => unknown,
): void {
  const tell = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const declare = async (unit: FleetUnit) => {
    await before(unit);
    if (roots === "none") return;
    for (const [name, connection] of Object.entries(unit.hosts))
      new Jail(name, { ...args, connection, root: roots[name] ?? `/srv/${name}` });
  };
  const all = defineFleet({ ...fleet, declare });
  rollout(all, { ...options, onEvent: tell, approve: async () => "a test", signal: stop.signal }).then(
    (report) => tell({ report }),
    (error) => {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    },
  );
}

/** The outcomes of a report's hosts, by their names. */
export function outcomesOf({ hosts }: FleetReport): Record<string, string> {
  return Object.fromEntries(hosts.map(({ name, outcome }) => [name, outcome]));
}

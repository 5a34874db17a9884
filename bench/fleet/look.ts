import { join } from "node:path";
import { type DriftOptions, lookForDrift } from "../../provider/drift/look-for-drift";
import { terminalReport } from "../../provider/report/terminal";
import { timed } from "../measure";

/** The figures of a look for drift in a process of its own. */
interface Figures {
  /** Processor time of the process in milliseconds, with its start. */
  readonly cpu: number;
  /** Processor time of the look alone in milliseconds. */
  readonly lookCpu: number;
  /** The most memory of the process in MB. */
  readonly rss: number;
  readonly outcomes: Readonly<Record<string, number>>;
  /** Lines of the report for people. */
  readonly lines: number;
  readonly why?: string | undefined;
}

export interface Look extends Figures {
  /** From the start of the process to its end. */
  readonly milliseconds: number;
}

/** Looks for drift, and returns the figures of this process. */
export async function measuredLook(options: DriftOptions): Promise<Figures> {
  const before = process.cpuUsage();
  const report = await lookForDrift(options);
  const { user, system } = process.cpuUsage(before);
  const outcomes: Record<string, number> = {};
  for (const { outcome } of report.hosts) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const lines = terminalReport(report).split("\n").length - 1;
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    cpu: (userCPUTime + systemCPUTime) / 1000,
    lookCpu: (user + system) / 1000,
    rss: maxRSS / 1024,
    outcomes,
    lines,
    why: report.hosts.find((host) => host.why !== undefined)?.why,
  };
}

/** Runs a program of this folder that prints the figures of a look as JSON. */
export async function lookAt(program: string, args: readonly string[], env = process.env): Promise<Look> {
  const { milliseconds, stdout } = await timed(process.execPath, [join(__dirname, `${program}.js`), ...args], env);
  return { ...(JSON.parse(stdout) as Figures), milliseconds };
}

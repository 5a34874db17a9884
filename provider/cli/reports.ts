import type { FleetReport } from "../report/fleet-report-v1";
import { htmlReport } from "../report/html";
import { jsonLinesReport, jsonReport } from "../report/json";
import { junitReport } from "../report/junit";
import { prometheusReport } from "../report/prometheus";
import { type TerminalOptions, terminalReport } from "../report/terminal";
import { attempt, CommandError } from "./command-error";
import type { ReportOptions } from "./report-options";
import { postReport } from "./webhook";
import { writeWhole } from "./write-whole";

const writers = {
  html: htmlReport,
  json: jsonReport,
  jsonLines: jsonLinesReport,
  junit: junitReport,
  prometheus: prometheusReport,
} as const;
const files = Object.keys(writers) as (keyof typeof writers)[];

/** Writes a whole report to the files that the options name; gives the errors. A name `-` stands for stdout. */
export async function writeReport(report: FleetReport, options: ReportOptions): Promise<CommandError[]> {
  const write = (name: (typeof files)[number]) => {
    const path = options[name];
    if (path !== undefined) writeWhole(path, writers[name](report));
  };
  return (await Promise.all(files.map((name) => attempt(() => write(name))))).flat();
}

/** Shows a report on the terminal, unless a file has it on stdout. */
export function showReport(
  report: FleetReport,
  options: ReportOptions,
  shown: Omit<TerminalOptions, "columns"> = {},
): void {
  const { columns = 80 } = process.stdout;
  if (!files.some((name) => options[name] === "-")) process.stdout.write(terminalReport(report, { columns, ...shown }));
}

/** Sends a report to the webhook; gives the error. */
export function sendReport(report: FleetReport, { webhook }: ReportOptions): Promise<CommandError[]> {
  return attempt(() => (webhook === undefined ? undefined : postReport(webhook, jsonReport(report))));
}

/** Fails for the places that did not get the report. */
export function expectDelivered(errors: readonly Error[]): void {
  if (errors.length > 0) throw new CommandError(errors.map(({ message }) => message).join("\n"));
}

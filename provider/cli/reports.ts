import type { FleetReport } from "../report/fleet-report-v1";
import { htmlReport } from "../report/html";
import { jsonLinesReport, jsonReport } from "../report/json";
import { junitReport } from "../report/junit";
import { prometheusReport } from "../report/prometheus";
import { type TerminalOptions, terminalReport } from "../report/terminal";
import { CommandError } from "./command-error";
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

/**
 * Writes a whole report to the files that the options name. A name `-` stands for stdout. Returns the errors of the files that
 * cannot be written: a command shows its report all the same.
 */
export function writeReport(report: FleetReport, options: ReportOptions): CommandError[] {
  return files.flatMap((name) => {
    const path = options[name];
    if (path === undefined) return [];
    try {
      writeWhole(path, writers[name](report));
      return [];
    } catch (error) {
      if (error instanceof CommandError) return [error];
      throw error;
    }
  });
}

/** Fails for the files that {@link writeReport} could not write. */
export function expectWritten(errors: readonly CommandError[]): void {
  if (errors.length > 0) throw new CommandError(errors.map(({ message }) => message).join("\n"));
}

/** Shows a report on the terminal, and sends it to the webhook. A report that a file has on stdout is not shown as well. */
export async function showReport(
  report: FleetReport,
  options: ReportOptions,
  shown: Omit<TerminalOptions, "columns"> = {},
): Promise<void> {
  const { columns = 80 } = process.stdout;
  if (!files.some((name) => options[name] === "-")) process.stdout.write(terminalReport(report, { columns, ...shown }));
  if (options.webhook !== undefined) await postReport(options.webhook, jsonReport(report));
}

import type { Command } from "commander";

/** The places that a report goes to, beside the terminal. */
export interface ReportOptions {
  readonly html?: string;
  readonly json?: string;
  readonly jsonLines?: string;
  readonly junit?: string;
  readonly prometheus?: string;
  readonly webhook?: string;
}

/** Adds the options of a command that makes a report. */
export function withReportOptions(command: Command): Command {
  return command
    .option("--html <file>", "write the report as one web page")
    .option("--json <file>", "write the report as JSON (schema/fleet-report.v1.json)")
    .option("--json-lines <file>", "write a line of JSON for each host")
    .option("--junit <file>", "write the report as JUnit XML, for CI")
    .option("--prometheus <file>", "write metrics for node_exporter's textfile collector")
    .option("--webhook <url>", "send the report as JSON by POST");
}

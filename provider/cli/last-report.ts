import { existsSync, readFileSync } from "node:fs";
import { messageOf } from "../errors";
import type { FleetReport } from "../report/fleet-report-v1";
import { jsonReport, readFleetReport } from "../report/json";
import { CommandError } from "./command-error";
import { writeWhole } from "./write-whole";

/** The report that an earlier run has kept; undefined before the first run. */
export function lastReport(path: string): FleetReport | undefined {
  if (!existsSync(path)) return undefined;
  let report: FleetReport | undefined;
  try {
    report = readFleetReport(readFileSync(path, "utf8"));
  } catch (error) {
    throw new CommandError(`${path}: the last report cannot be read: ${messageOf(error)}`);
  }
  if (!report) throw new CommandError(`${path}: it is no report of this release: name another file for --only-new`);
  return report;
}

export function keepReport(path: string, report: FleetReport): void {
  writeWhole(path, jsonReport(report));
}

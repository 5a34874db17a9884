import { z } from "zod";
import { asciiJson, asciiJsonLine } from "../model/ascii-json";
import { type FleetReport, fleetReportV1, hostV1 } from "./fleet-report-v1";

/** The text of a report, for a file: `schema/fleet-report.v1.json` is its schema. */
export function jsonReport(report: FleetReport): string {
  return asciiJson(z.encode(fleetReportV1, report));
}

/** Reads a written report; undefined for any other text, and for one of a later release. */
export function readFleetReport(text: string): FleetReport | undefined {
  try {
    return z.safeDecode(fleetReportV1, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** A line of JSON for each host: a reader of a large fleet need not hold the whole report. */
export function jsonLinesReport({ version, report, name: fleet, ended: at, hosts }: FleetReport): string {
  const run = { version, report, fleet, at };
  return hosts.map((host) => `${asciiJsonLine({ ...run, ...z.encode(hostV1, host) })}\n`).join("");
}

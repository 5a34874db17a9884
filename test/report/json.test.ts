import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { outcomes } from "../../provider/report/fleet-report-v1";
import { jsonLinesReport, jsonReport, readFleetReport } from "../../provider/report/json";
import { fleetSample, hostileSample } from "../support/fleet-sample";

const file = join(__dirname, "..", "..", "..", "schema", "fleet-report.v1.json");
const schema = z.fromJSONSchema(JSON.parse(readFileSync(file, "utf8")));
const samples = [
  fleetSample({ hosts: 60, report: "rollout" }),
  fleetSample({ hosts: 0 }),
  fleetSample({ hosts: 2, seed: 2 }),
  hostileSample(),
  ...outcomes.map((outcome) => fleetSample({ hosts: 1, outcome })),
];

describe("a written report", () => {
  test("fits its schema, and is read back as it was", () => {
    for (const report of samples) {
      const text = jsonReport(report);
      schema.parse(JSON.parse(text));
      expect(readFleetReport(text)).toStrictEqual(report);
      expect(text).toMatch(/^[\n -~]+$/);
    }
    expect(new Set(samples.flatMap(({ hosts }) => hosts.map(({ outcome }) => outcome)))).toStrictEqual(
      new Set(outcomes),
    );
  });

  test("of another version, or any other text, is none", () => {
    const text = jsonReport(fleetSample({ hosts: 1 }));
    for (const other of [text.replace('"version": 1', '"version": 2'), text.slice(0, -5), "", "[]", "null"])
      expect(readFleetReport(other)).toBe(undefined);
  });
});

describe("the lines of a report", () => {
  test("are one for each host, with the run that it belongs to", () => {
    for (const report of samples) {
      const lines = jsonLinesReport(report).split("\n").slice(0, -1);
      const parsed = lines.map((line): unknown => JSON.parse(line));
      const { hosts } = JSON.parse(jsonReport(report)) as { hosts: object[] };
      const run = { version: 1, report: report.report, fleet: report.name, at: report.ended };
      expect(parsed).toStrictEqual(hosts.map((host) => ({ ...run, ...host })));
    }
  });
});

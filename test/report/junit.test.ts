import { describe, expect, test } from "@jest/globals";
import { type HostOutcome, outcomes } from "../../provider/report/fleet-report-v1";
import { junitReport } from "../../provider/report/junit";
import { fleetSample, hostileSample } from "../support/fleet-sample";

/** Attributes of each element of a name, in their order. The text has no `>` in an attribute, as each is escaped. */
function elements(xml: string, name: string): Record<string, string>[] {
  return [...xml.matchAll(new RegExp(`<${name}((?: [a-z]+="[^"<>]*")*)/?>`, "g"))].map(([, attributes = ""]) =>
    Object.fromEntries([...attributes.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  );
}

describe("a report as JUnit XML", () => {
  test("has a suite for each wave with a case for each host and gate, and counts that add up", () => {
    for (const report of [fleetSample({ hosts: 200, report: "rollout" }), fleetSample({ hosts: 0 }), hostileSample()]) {
      const xml = junitReport(report);
      const [total = {}] = elements(xml, "testsuites");
      const suites = elements(xml, "testsuite");
      for (const key of ["tests", "failures", "errors", "skipped"])
        expect([key, suites.reduce((sum, suite) => sum + Number(suite[key]), 0)]).toStrictEqual([
          key,
          Number(total[key]),
        ]);
      const gates = report.waves.flatMap((wave) => wave.gates);
      expect(elements(xml, "testcase").length).toBe(report.hosts.length + gates.length);
      expect(Number(total["tests"])).toBe(report.hosts.length + gates.length);
      for (const [key, name] of [
        ["failures", "failure"],
        ["errors", "error"],
        ["skipped", "skipped"],
      ] as const)
        expect([key, elements(xml, name).length]).toStrictEqual([key, Number(total[key])]);
      // An instant without a zone, and seconds, as the schema has them.
      for (const { timestamp, time } of suites) {
        expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
        expect(time).toMatch(/^\d+\.\d{3}$/);
      }
    }
    const names = elements(junitReport(fleetSample({ hosts: 200, report: "rollout" })), "testsuite");
    expect(names.map(({ name }) => name)).toStrictEqual(["dns.canary", "dns.half", "dns.rest"]);
  });

  test("tells outcomes apart", () => {
    const resultOf = (outcome: HostOutcome) => {
      const xml = junitReport(fleetSample({ hosts: 1, outcome }));
      return ["failure", "error", "skipped"].find((name) => elements(xml, name).length > 0) ?? "passed";
    };
    expect(Object.fromEntries(outcomes.map((outcome) => [outcome, resultOf(outcome)]))).toStrictEqual({
      failed: "error",
      refused: "failure",
      unreachable: "error",
      "not-checked": "error",
      drifted: "failure",
      waiting: "skipped",
      gone: "skipped",
      repaired: "passed",
      "in-sync": "passed",
    });
  });

  test("lists the paths of a host that drifted", () => {
    const xml = junitReport(fleetSample({ hosts: 1, outcome: "drifted", drifts: 9 }));
    expect(xml).toContain('<failure message="9 paths differ" type="drifted">');
    expect(xml).toContain(
      "looser: /chroot/named: etc/rndc.key: root:root 0600 =&gt; root:named 0640 (Jail::named: rndc reads its key)\n",
    );
  });

  test("fails by a closed gate, and skips one that has not run", () => {
    const sample = fleetSample({ hosts: 4, outcome: "in-sync", report: "rollout" });
    const gates = [{ name: "dns", isOpen: false, why: "SERVFAIL" }, { name: "soak" }];
    const xml = junitReport({ ...sample, waves: sample.waves.map((wave) => ({ ...wave, gates })) });
    expect(elements(xml, "failure")[0]).toStrictEqual({ message: "SERVFAIL", type: "gate closed" });
    expect(elements(xml, "skipped")[0]).toStrictEqual({ message: "it has not run" });
  });

  test("has no character that XML 1.0 forbids", () => {
    expect(junitReport(hostileSample())).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
  });
});

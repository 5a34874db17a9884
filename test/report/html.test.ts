import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { FleetReport } from "../../provider/report/fleet-report-v1";
import { htmlReport } from "../../provider/report/html";
import { fleetSample, hostileSample } from "../support/fleet-sample";

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const part = (page: string, name: string) => new RegExp(`<${name}>(.*?)</${name}>`, "s").exec(page)?.[1] ?? "";

describe("the page of a report", () => {
  test("has a policy that allows its own style and script, and nothing else", () => {
    for (const report of [fleetSample({ hosts: 3 }), hostileSample()]) {
      const page = htmlReport(report);
      const policy = /http-equiv=Content-Security-Policy content="([^"]*)"/.exec(page)?.[1];
      const own = `style-src ${hashOf(part(page, "style"))}; script-src ${hashOf(part(page, "script"))}`;
      expect(policy).toBe(`default-src 'none'; ${own}; base-uri 'none'; form-action 'none'`);
      expect(page.match(/<script/g)?.length).toBe(1);
      expect(page).not.toMatch(/<[^>]* (style|on\w+)=|<(img|link|iframe|object|base)|https?:/);
    }
  });

  test("is at most 1 MB for 1,000 hosts with 5 differences each", () => {
    const page = htmlReport(fleetSample({ hosts: 1000, drifts: 5, outcome: "drifted", report: "rollout" }));
    expect(page.match(/<del>/g)?.length).toBeGreaterThan(5000);
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
  });

  test("has every host, difference, finding and gate, without its script", () => {
    const report = fleetSample({ hosts: 100, report: "rollout" });
    const page = htmlReport(report).replace(/<script>.*<\/script>/s, "");
    for (const { name } of report.hosts) expect(page).toContain(`<td class=p>${name}<td`);
    const differences = report.hosts.flatMap(({ jails }) => jails.flatMap((jail) => jail.differences));
    const own = page.slice(page.indexOf("id=by-host"));
    expect(own.match(/<li class=w\d>[^<]* <del>/g)?.length).toBe(differences.length);
    expect(page).toContain("gate dns example.com: open");
    expect(page).toContain("runs as root");
    for (const id of ["by-path", "by-rule", "by-finding", "by-wave", "by-host"]) {
      expect(page).toContain(`<a href="#${id}">`);
      expect(page).toContain(`<section class=view id=${id}>`);
    }
  });

  test("tells why a rollout stopped, and why hosts have no whole result", () => {
    const page = htmlReport({ ...fleetSample({ hosts: 3, outcome: "unreachable" }), stopped: "a <gate> is closed" });
    expect(page).toContain("<b>Stopped.</b> a &lt;gate&gt; is closed");
    expect(page).toContain("connect ETIMEDOUT after 10 s");
  });

  test("has no view without anything in it", () => {
    const viewsOf = (report: FleetReport) =>
      [...htmlReport(report).matchAll(/section class=view id=([a-z-]+)>/g)].map(([, id]) => id);
    expect(viewsOf(fleetSample({ hosts: 0 }))).toStrictEqual(["by-path", "by-rule", "by-host"]);
    expect(viewsOf(fleetSample({ hosts: 2, outcome: "in-sync" }))).toStrictEqual([
      "by-path",
      "by-rule",
      "by-time",
      "by-host",
    ]);
    expect(htmlReport(fleetSample({ hosts: 0 }))).not.toContain("NaN");
  });
});

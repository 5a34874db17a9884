import { describe, expect, test } from "@jest/globals";
import { bytesOf } from "../../provider/model/bytes";
import type { AssessmentV1 } from "../../provider/render/assessment/assessment-v1";
import type { HostReport } from "../../provider/report/fleet-report-v1";
import { groupDrift } from "../../provider/report/group-drift";
import { groupFindings, groupReasons } from "../../provider/report/group-reasons";
import { findingSamples } from "../support/finding-samples";
import { fleetSample } from "../support/fleet-sample";

type Difference = AssessmentV1["differences"][number];

function drift(path: string, more: Partial<Difference> = {}): Difference {
  const by = { label: "Jail::named", token: `${Math.random()}` };
  return { path: bytesOf(path), by, reason: "baseline", weight: "other", live: "0666", declared: "0644", ...more };
}

function host(name: string, ...differences: Difference[]): HostReport {
  const jail = { version: 1 as const, root: "/chroot/named", machine: "", state: "drifted" as const, differences };
  return { name, outcome: "drifted", jails: [{ ...jail, findings: [] }] };
}

const shown = (hosts: readonly HostReport[]) =>
  groupDrift(hosts).map(({ path, paths, count, hosts: of }) => `${path} ${paths} ${count} ${of.join()}`);

describe("the drift of a fleet", () => {
  test("is one group for each path and way to differ, whatever the tokens of the hosts' resources", () => {
    expect(shown([host("a", drift("etc/x")), host("b", drift("etc/x"))])).toStrictEqual(["etc/x 1 2 a,b"]);
    for (const more of [{ live: "0777" }, { declared: "0600" }, { reason: "else" }, { isBlocked: true as const }])
      expect(groupDrift([host("a", drift("etc/x")), host("b", drift("etc/x", more))]).length).toBe(2);
    const elsewhere = host("b", drift("etc/x"));
    const jails = elsewhere.jails.map((one) => ({ ...one, root: "/srv/other" }));
    expect(groupDrift([host("a", drift("etc/x")), { ...elsewhere, jails }]).length).toBe(2);
  });

  test("of several paths of one directory on the same hosts is a glob", () => {
    const zones = () => ["a.db", "b.db", "c.db"].map((name) => drift(`etc/zones/${name}`));
    expect(shown([host("a", ...zones()), host("b", ...zones()), host("c", drift("etc/zones/a.db"))])).toStrictEqual([
      "etc/zones/a.db 1 3 a,b,c",
      "etc/zones/*.db 2 4 a,b",
    ]);
  });

  test("of each host's own paths is a glob where there are many of them", () => {
    const own = (count: number, path: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => host(`h${index}`, drift(path(index))));
    expect(shown(own(5, (index) => `etc/${index}.db`)).length).toBe(5);
    expect(shown(own(6, (index) => `etc/${index}.db`))).toStrictEqual(["etc/*.db 6 6 h0,h1,h2,h3,h4,h5"]);
    expect(groupDrift(own(19, (index) => `var/${index}/x`)).length).toBe(19);
    expect(groupDrift(own(20, (index) => `var/${index}/x`))).toMatchObject([{ path: "var/**", paths: 20, count: 20 }]);
  });

  test("never becomes a glob where it gains root, is looser or is beside the jail, and these come first", () => {
    const files = (folder: string, more: Partial<Difference>) =>
      Array.from({ length: 30 }, (_, index) => drift(`${folder}/${index}`, more));
    const worst = [...files("a", { weight: "looser" }), ...files("b", { weight: "gains root" }), ...files("/etc", {})];
    const groups = groupDrift([host("a", ...files("c", {}), ...worst), host("b", ...files("c", {}))]);
    expect(groups.filter(({ paths }) => paths > 1)).toMatchObject([{ path: "c/*", count: 60 }]);
    expect(groups.map(({ weight }) => weight)).toStrictEqual([
      ...Array<string>(30).fill("gains root"),
      ...Array<string>(30).fill("looser"),
      ...Array<string>(31).fill("other"),
    ]);
    expect(groups[60]?.path).toBe("c/*");
  });

  test("is all there: each difference of each host is in one group", () => {
    for (const report of [fleetSample({ hosts: 200 }), fleetSample({ hosts: 40, drifts: 70, seed: 3 })]) {
      const groups = groupDrift(report.hosts);
      const all = report.hosts.flatMap(({ jails }) => jails.flatMap(({ differences }) => differences));
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
      expect(groups.length).toBeLessThan(all.length);
    }
  });
});

test("hosts without a whole look are grouped by their reason, worst first", () => {
  const hosts: HostReport[] = [
    { name: "a", outcome: "unreachable", why: "timeout", jails: [] },
    { name: "b", outcome: "refused", why: "no jail", jails: [] },
    { name: "c", outcome: "unreachable", why: "timeout", jails: [] },
    { name: "d", outcome: "failed", jails: [] },
    { name: "e", outcome: "in-sync", jails: [] },
    {
      ...host("f"),
      outcome: "not-checked",
      jails: host("f").jails.map((one) => ({ ...one, problems: ["Jail::a: no"] })),
    },
  ];
  expect(groupReasons(hosts).map(({ outcome, why, hosts: of }) => [outcome, why, of.join()])).toStrictEqual([
    ["failed", "no reason is known", "d"],
    ["refused", "no jail", "b"],
    ["unreachable", "timeout", "a,c"],
    ["not-checked", "Jail::a: no", "f"],
  ]);
});

test("findings are grouped by kind, root and path, and accepted ones are none", () => {
  const texts = ["process 7 runs as root", "process 8 runs as root"];
  const hostsWith = (more: { accepted?: string }) =>
    ["a", "b"].map((name, index): HostReport => {
      const samples = findingSamples.map(({ accepted: _, ...one }) => ({ ...one, text: texts[index] ?? "", ...more }));
      const findings = samples as AssessmentV1["findings"];
      return { ...host(name), jails: host(name).jails.map((one) => ({ ...one, findings })) };
    });
  const groups = groupFindings(hostsWith({}));
  expect(groups.length).toBe(findingSamples.length);
  expect(groups.every(({ isVaried, hosts }) => isVaried && hosts.length === 2)).toBe(true);
  expect(groups[0]?.severity).toBe("refused");
  expect(groupFindings(hostsWith({ accepted: "why" }))).toStrictEqual([]);
});

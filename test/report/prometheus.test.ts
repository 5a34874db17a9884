import { describe, expect, test } from "@jest/globals";
import { prometheusReport } from "../../provider/report/prometheus";
import { fleetSample, hostileSample } from "../support/fleet-sample";

/** A line of the text format, version 0.0.4. */
const sample = /^([a-z_]+)\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*"(?:,(?=[a-z])|(?=\})))+)\} (\d+(?:\.\d+)?)$/;

function samplesOf(text: string): { name: string; labels: string; value: number }[] {
  expect(text).toMatch(/\n$/);
  const lines = text.split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    if (/^# (HELP [a-z_]+ .+|TYPE [a-z_]+ gauge)$/.test(line)) return [];
    expect(line).toMatch(sample);
    const [, name = "", labels = "", value] = sample.exec(line) ?? [];
    return [{ name, labels, value: Number(value) }];
  });
}

describe("a report as metrics", () => {
  test("counts every host in one outcome, and every difference by host and weight", () => {
    const report = fleetSample({ hosts: 200 });
    const samples = samplesOf(prometheusReport(report));
    const sum = (name: string) => samples.filter((one) => one.name === name).reduce((all, { value }) => all + value, 0);
    expect(sum("pulumi_chroot_hosts")).toBe(200);
    const differences = report.hosts.flatMap(({ jails }) => jails.flatMap((jail) => jail.differences));
    expect(sum("pulumi_chroot_differences")).toBe(differences.length);
    expect(sum("pulumi_chroot_last_run_timestamp_seconds")).toBe(Date.parse(report.ended) / 1000);
    expect(new Set(samples.map(({ name, labels }) => `${name}${labels}`)).size).toBe(samples.length);
  });

  test("has a zero for a host in sync, and nothing for one that was not looked at", () => {
    const text = prometheusReport(fleetSample({ hosts: 1, outcome: "in-sync" }));
    expect(text).toContain(
      'pulumi_chroot_differences{fleet="dns",report="drift",stack="dns/ns1",host="ns1",weight="gains root"} 0\n',
    );
    for (const outcome of ["unreachable", "not-checked", "failed"] as const)
      expect(prometheusReport(fleetSample({ hosts: 1, outcome }))).not.toContain("differences{");
    // A look has the jail of a host that is away, too, without a difference.
    const { hosts, ...report } = fleetSample({ hosts: 1, outcome: "in-sync" });
    for (const [outcome, state] of [["unreachable", "not-checked"] as const, ["refused", "refused"] as const]) {
      const away = hosts.map((host) => ({ ...host, outcome, jails: host.jails.map((jail) => ({ ...jail, state })) }));
      expect(away[0]?.jails).toHaveLength(1);
      expect(prometheusReport({ ...report, hosts: away })).not.toContain("differences{");
    }
  });

  test("has each sample once, also where two stacks have jails on one host", () => {
    const report = fleetSample({ hosts: 2, outcome: "in-sync" });
    const hosts = report.hosts.map((host) => ({ ...host, name: "ns1" }));
    const samples = samplesOf(prometheusReport({ ...report, hosts })).map(({ name, labels }) => name + labels);
    expect(new Set(samples).size).toBe(samples.length);
  });

  test("tells of each metric once, before its samples", () => {
    const heads = prometheusReport(fleetSample({ hosts: 3 })).match(/^# .*$/gm) ?? [];
    expect(heads.map((line) => line.split(" ").slice(1, 3).join(" "))).toStrictEqual(
      ["hosts", "differences", "last_run_timestamp_seconds", "last_run_duration_seconds"].flatMap((name) => [
        `HELP pulumi_chroot_${name}`,
        `TYPE pulumi_chroot_${name}`,
      ]),
    );
  });

  test("escapes hostile names", () => {
    const text = prometheusReport(hostileSample());
    samplesOf(text);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
    expect(text).toContain('fleet="</script><img src=x onerror=\\"document.title=1\\">"');
    expect(text).toContain('host="a; b\\\\x0d\\\\x1b[31m\\\\x07"');
  });
});

import { describe, expect, test } from "@jest/globals";
import { bytesOf } from "../../provider/model/bytes";
import { widthOf } from "../../provider/model/display-width";
import type { FleetReport, HostReport } from "../../provider/report/fleet-report-v1";
import { terminalReport } from "../../provider/report/terminal";
import { fleetSample, hostileSample } from "../support/fleet-sample";

const linesOf = (report: FleetReport, columns = 80, next = "npx pulumi-chroot rollout --resume") =>
  terminalReport(report, { columns, next }).split("\n").slice(0, -1);

describe("a report for people", () => {
  test("tells 1,000 hosts in 25 lines, the classes first and the next command last", () => {
    const samples = [
      fleetSample({ hosts: 1000, report: "rollout" }),
      fleetSample({ hosts: 1000, report: "preview", seed: 2 }),
      fleetSample({ hosts: 200, drifts: 60 }),
    ];
    for (const sample of samples)
      for (const columns of [60, 80, 200]) {
        const lines = linesOf(sample, columns);
        expect(lines.length).toBeLessThanOrEqual(25);
        expect(lines.filter((line) => widthOf(line) > columns)).toStrictEqual([]);
        expect(lines[0]).toMatch(/^(Drift|Rollout|Preview) of dns: (1,000|200) (hosts|units): \d+ (failed|refused), /);
        expect(lines.at(-1)).toBe("next: npx pulumi-chroot rollout --resume");
      }
  });

  test("groups hosts by reason, and drift by path, worst first", () => {
    const { hosts, ...rest } = fleetSample({ hosts: 300 });
    const lines = linesOf({ ...rest, hosts: hosts.filter(({ outcome }) => outcome !== "failed") });
    expect(lines.join("\n")).toMatch(/^refused +\d+ hosts: ns\d+, .* … : the root \/chroot\/named holds 3$/m);
    const text = lines
      .slice(2)
      .filter((line) => !line.startsWith(" "))
      .map((line) => line.replace(/^(\S+(?: \S+)?) {2,}(\S+).*/, "$1 $2"));
    expect(text.filter((line) => /^(GAINS|LOOSER|takes|owner|differs)/.test(line))).toStrictEqual([
      "GAINS ROOT usr/lib/helper",
      "LOOSER etc/rndc.key",
      "takes execute usr/sbin/named-check",
      "owner var/cache/named",
      "owner etc/named.conf",
      expect.stringMatching(/^differs etc\/zones\/\*\.db$/),
      "differs dev/random",
    ]);
    expect(lines.join("\n")).toMatch(/etc\/zones\/\*\.db \(3 paths\) {2}0666 => 0644 {2}on \d+ hosts: ns\d+/);
  });

  test("is one line where all is in sync", () => {
    const text = terminalReport(fleetSample({ hosts: 1000, outcome: "in-sync" }));
    expect(text).toBe("Drift of dns: 1,000 hosts: 1,000 in sync, all in /chroot/named\n");
    expect(terminalReport(fleetSample({ hosts: 0 }))).toBe("Drift of dns: no hosts\n");
    expect(terminalReport(fleetSample({ hosts: 0 }), { lookedAt: 3 })).toBe("Drift of dns: nothing new on 3 hosts\n");
  });

  test("leaves out drift that up has repaired", () => {
    expect(linesOf(fleetSample({ hosts: 9, outcome: "repaired", report: "rollout" }), 80)).toStrictEqual([
      "Rollout of dns: 9 units: 9 repaired, all in /chroot/named",
      "next: npx pulumi-chroot rollout --resume",
    ]);
  });

  test("counts the lines that it cuts, and cuts none that gains root or is looser", () => {
    const report = withPaths(20, 40, "etc/x");
    const lines = linesOf(report);
    expect(lines.length).toBe(25);
    expect(lines.filter((line) => line.startsWith("GAINS ROOT")).length).toBe(20);
    expect(lines.at(-2)).toBe("and 38 more groups: --html or --json has all");
  });

  test("tells the number of paths that gain root where there is no room for each", () => {
    const lines = linesOf(withPaths(500, 40, "etc/x"));
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(lines.slice(-3)).toStrictEqual([
      "GAINS ROOT     and 480 more paths on ns1",
      "and 40 more groups: --html or --json has all",
      "next: npx pulumi-chroot rollout --resume",
    ]);
  });

  test("has 25 lines where each of 1,000 hosts has drifted in its own way, and the worst is on top", () => {
    const { hosts, ...rest } = fleetSample({ hosts: 1000, drifts: 1, outcome: "drifted" });
    const own = hosts.map((host, index): HostReport => {
      const weight = index === 500 ? "gains root" : index === 700 ? "looser" : "other";
      const jails = host.jails.map((jail) => ({
        ...jail,
        findings: [],
        differences: jail.differences.map(
          (one) => ({ ...one, weight, live: `root:root 0${index}`, path: bytesOf(`of-${host.name}`) }) as const,
        ),
      }));
      return { ...host, jails };
    });
    const lines = linesOf({ ...rest, hosts: own });
    expect(lines).toHaveLength(25);
    expect(lines[0]).toBe("Drift of dns: 1,000 hosts: 1,000 drifted, all in /chroot/named");
    expect(lines[1]).toMatch(new RegExp(`^GAINS ROOT +of-${hosts[500]?.name} .* on ${hosts[500]?.name}$`));
    expect(lines[2]).toMatch(new RegExp(`^LOOSER +of-${hosts[700]?.name} .* on ${hosts[700]?.name}$`));
    expect(lines.slice(-2)).toStrictEqual([
      "and 978 more groups: --html or --json has all",
      "next: npx pulumi-chroot rollout --resume",
    ]);
  });

  test("has the remedy at the end of a reason where there is room, and one line for a reason of many hosts", () => {
    const { hosts, ...rest } = fleetSample({ hosts: 200, outcome: "drifted" });
    const remedy = "check that the host is up, that sshd runs there, and connection.host and connection.port";
    const away = hosts.map((host, index): HostReport => {
      const place = `root@ns${index}:22`;
      const jails = host.jails.map((jail) => ({ ...jail, host: place, differences: [], findings: [] }));
      const why = `preview: ${place}:/chroot/named: Jail::of-ns${index}: not checked: nothing accepts connections; ${remedy}`;
      return { ...host, outcome: "unreachable", name: `ns${index}`, why, jails };
    });
    expect(linesOf({ ...rest, hosts: away }, 200)).toStrictEqual([
      "Drift of dns: 200 hosts: 200 unreachable, all in /chroot/named",
      expect.stringMatching(/^unreachable +200 hosts: ns0, ns1, .* … : preview: not checked: nothing accepts/),
      expect.stringMatching(/connection\.port$/),
      expect.stringMatching(/^next: /),
    ]);
    const one = linesOf({ ...rest, hosts: away.slice(0, 1) }, 60)
      .join(" ")
      .replace(/ +/g, " ");
    expect(one).toContain(
      `ns0: preview: root@ns0:22:/chroot/named: Jail::of-ns0: not checked: nothing accepts connections; ${remedy}`,
    );
  });

  test("tells why a rollout stopped, and each closed gate", () => {
    const { waves, ...rest } = fleetSample({ hosts: 4, outcome: "in-sync", report: "rollout" });
    const gates = [{ name: "dns", isOpen: false, why: "SERVFAIL\nfrom ns1" }, { name: "soak" }];
    const lines = linesOf({ ...rest, stopped: "a gate is closed", waves: waves.map((wave) => ({ ...wave, gates })) });
    expect(lines).toContain("stopped        a gate is closed");
    expect(lines.filter((line) => line.startsWith("gate closed"))).toStrictEqual([
      "gate closed    canary: dns: SERVFAIL; from ns1",
      "gate closed    half: dns: SERVFAIL; from ns1",
      "gate closed    rest: dns: SERVFAIL; from ns1",
    ]);
  });

  test("escapes hostile names, and keeps to its width", () => {
    for (const columns of [50, 80, 132]) {
      const lines = linesOf(hostileSample(), columns, "x");
      expect(lines.filter((line) => widthOf(line) > columns)).toStrictEqual([]);
      expect(lines.join("")).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200e\u200f\ufffe]/);
      expect(lines.length).toBeLessThanOrEqual(25);
    }
  });
});

/** A host with so many paths that gain root, and other drift that no glob covers. */
function withPaths(worst: number, others: number, at: string): FleetReport {
  const sample = fleetSample({ hosts: 1, drifts: 1, outcome: "drifted" });
  const hosts = sample.hosts.map((host): HostReport => {
    const [jail] = host.jails;
    const [one] = jail?.differences ?? [];
    if (!jail || !one) throw new Error("the sample has no difference");
    const made = (count: number, weight: "gains root" | "other") =>
      Array.from({ length: count }, (_, index) => ({
        ...one,
        weight,
        path: bytesOf(`${at}/${weight}${index}`),
        live: `0${index}`,
      }));
    return {
      ...host,
      jails: [{ ...jail, findings: [], differences: [...made(worst, "gains root"), ...made(others, "other")] }],
    };
  });
  return { ...sample, hosts };
}

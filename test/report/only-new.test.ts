import { expect, test } from "@jest/globals";
import { bytesOf } from "../../provider/model/bytes";
import type { FleetReport, HostReport } from "../../provider/report/fleet-report-v1";
import { onlyNew } from "../../provider/report/only-new";

type Jail = HostReport["jails"][number];

const difference = (path: string, live = "0666"): Jail["differences"][number] => ({
  path: bytesOf(path),
  by: { label: "Jail::named" },
  reason: "baseline",
  weight: "other",
  live,
  declared: "0640",
});
const jail = (root: string, more: Partial<Jail> = {}): Jail => ({
  version: 1,
  root,
  machine: "m",
  state: "drifted",
  differences: [],
  findings: [],
  ...more,
});
const host = (name: string, more: Partial<HostReport> = {}): HostReport => ({
  name,
  stack: "dns/prod",
  outcome: "drifted",
  jails: [],
  ...more,
});
const report = (...hosts: HostReport[]): FleetReport => ({
  version: 1,
  report: "drift",
  name: "dns",
  started: "2026-12-01T00:00:00Z",
  ended: "2026-12-01T00:00:01Z",
  hosts,
  waves: [],
});
const newOf = (now: HostReport, ...before: HostReport[]) => onlyNew(report(now), report(...before)).hosts;

test("nothing is new in the same report, and everything is without an earlier host", () => {
  const one = host("ns1", { jails: [jail("/a", { differences: [difference("x")] })] });
  expect(newOf(one, one)).toStrictEqual([]);
  expect(newOf(one)).toStrictEqual([one]);
  expect(newOf(one, { ...one, stack: "dns/test" })).toStrictEqual([one]);
});

test("a path that was drifted before is left out, unless it has drifted further; hostile names are as good as others", () => {
  const [old, hostile] = [difference("x"), difference('\u001b[2J</script>\u202e"')];
  const before = host("ns1", { jails: [jail("/a", { differences: [old] }), jail("/b")] });
  const now = { ...before, jails: [jail("/a", { differences: [hostile, old] }), jail("/b")] };
  expect(newOf(now, before)).toStrictEqual([
    { ...before, jails: [jail("/a", { differences: [hostile] }), jail("/b")] },
  ]);
  const further = host("ns1", { jails: [jail("/a", { differences: [difference("x", "0777")] }), jail("/b")] });
  expect(newOf(further, before)).toStrictEqual([further]);
});

test("another end or reason of a host is new, and a problem of a resource", () => {
  const away = host("ns1", { outcome: "unreachable", why: "it did not answer" });
  expect(newOf(away, away)).toStrictEqual([]);
  expect(newOf(away, host("ns1"))).toStrictEqual([away]);
  expect(newOf({ ...away, why: "no way" }, away)).toStrictEqual([{ ...away, why: "no way" }]);
  const told = (...problems: string[]) => host("ns1", { jails: [jail("/a", { problems })] });
  expect(newOf(told("A: old", "B: new"), told("A: old"))).toStrictEqual([told("B: new")]);
});

test("a host that is in order again has nothing new, whatever its remarks", () => {
  expect(newOf(host("ns1", { outcome: "in-sync" }), host("ns1"))).toStrictEqual([]);
});

import { bytesOf, fromWire } from "../../provider/model/bytes";
import { weightClasses } from "../../provider/plan/difference";
import type { AssessmentV1 } from "../../provider/render/assessment/assessment-v1";
import type { FleetReport, HostOutcome, HostReport, WaveReport } from "../../provider/report/fleet-report-v1";

interface SampleOptions {
  readonly hosts: number;
  /** Differences of each host that has any. Default: 5. */
  readonly drifts?: number;
  readonly seed?: number;
  /** Default: outcomes of all kinds. */
  readonly outcome?: HostOutcome;
  /** Default: `drift`, which has no waves. */
  readonly report?: FleetReport["report"];
}

/** Names that try to leave their place in a page, a line, a label or a terminal. */
const hostileNames = [
  '</script><img src=x onerror="document.title=1">',
  "'\"><svg onload=document.title=1>",
  "a\nb\r\u001b[31m\u0007",
  "\u202egpj.exe\u2066",
  "שלום/עולם",
  "表示\u0301名.db",
  "\ufffe\u0000]]>&amp;",
].map((name) => bytesOf(name));

type Difference = AssessmentV1["differences"][number];
type Sample = readonly [weight: Difference["weight"], path: string, live: string, declared: string, reason: string];

const jail = { token: "4f1a", label: "Jail::named" };
const rule = { token: "9c02", label: "PermissionRule::zones" };
const shared: readonly Sample[] = [
  ["other", "etc/zones/example.com.db", "root:named 0666", "root:named 0644", "zone files are root's own"],
  ["other", "etc/zones/example.net.db", "root:named 0666", "root:named 0644", "zone files are root's own"],
  ["other", "etc/zones/example.org.db", "root:named 0666", "root:named 0644", "zone files are root's own"],
  ["owner", "var/cache/named", "bob:named 0770", "named:named 0770", "baseline"],
  ["looser", "etc/rndc.key", "root:root 0600", "root:named 0640", "rndc reads its key"],
  ["gains root", "usr/lib/helper", "root:root 4755 file", "root:root 0755 file", "baseline"],
  ["takes execute", "usr/sbin/named-check", "root:root 0755", "root:root 0644", "baseline"],
  ["other", "dev/random", "absent", "root:root 0666 character device 1:8", "baseline"],
  ["owner", "etc/named.conf", "1001:named 0640", "root:named 0640", "baseline"],
];

const reasons: Partial<Record<HostOutcome, readonly string[]>> = {
  failed: ["pulumi up ended with an error: the file system is full (ENOSPC)"],
  refused: ["the root /chroot/named holds 3 entries that no record mentions, and adopt is not set"],
  unreachable: ["connect ETIMEDOUT after 10 s", "the host key is not the one in known_hosts"],
  "not-checked": ["etc/secret cannot be read: Permission denied"],
};

const start = Date.UTC(2026, 10, 30, 22, 0, 0);
const iso = (seconds: number) => new Date(start + seconds * 1000).toISOString();

/** A report of many hosts, which its seed alone decides. */
export function fleetSample({
  hosts: count,
  drifts = 5,
  seed = 1,
  outcome,
  report = "drift",
}: SampleOptions): FleetReport {
  const random = randomFrom(seed);
  const names = Array.from({ length: count }, (_, index) => `ns${index + 1}`);
  const waves = report === "drift" ? [] : wavesOf(names);
  const width = 64;
  const free = Array.from({ length: width }, () => 0);
  const hosts = names.map((name, index): HostReport => {
    const of = outcome ?? outcomeFrom(random());
    const lane = index % width;
    const began = free[lane] ?? 0;
    const took = 1 + Math.round(random() * 40) / 10;
    free[lane] = began + took;
    const wave = waves.find(({ hosts: own }) => own.includes(name))?.name;
    const why = pick(reasons[of] ?? [], random());
    const hasRun = of !== "waiting" && of !== "gone";
    return {
      name,
      stack: `dns/${name}`,
      ...(wave === undefined ? {} : { wave }),
      outcome: of,
      ...(why === undefined ? {} : { why }),
      ...(hasRun ? { started: iso(began), ended: iso(began + took) } : {}),
      jails: jailsOf(name, of, { random, drifts }),
    };
  });
  return { version: 1, report, name: "dns", started: iso(0), ended: iso(Math.max(1, ...free)), hosts, waves };
}

/** mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function outcomeFrom(random: number): HostOutcome {
  const shares: readonly [HostOutcome, number][] = [
    ["failed", 0.01],
    ["refused", 0.02],
    ["unreachable", 0.04],
    ["not-checked", 0.045],
    ["repaired", 0.1],
    ["waiting", 0.11],
    ["gone", 0.12],
    ["in-sync", 0.4],
  ];
  return shares.find(([, upTo]) => random < upTo)?.[0] ?? "drifted";
}

function pick<T>(from: readonly T[], random: number): T | undefined {
  return from[Math.floor(random * from.length)];
}

function wavesOf(names: readonly string[]): WaveReport[] {
  const canaries = Math.max(1, Math.floor(names.length / 100));
  const half = Math.floor(names.length / 2);
  const gate = { name: "dns example.com", isOpen: true, at: iso(4) };
  return [
    { name: "canary", isCanary: true, hosts: names.slice(0, canaries), gates: [gate] },
    {
      name: "half",
      isCanary: false,
      hosts: names.slice(canaries, half),
      approvedBy: "ada",
      gates: [{ name: "soak 60" }],
    },
    { name: "rest", isCanary: false, hosts: names.slice(half), gates: [] },
  ];
}

function jailsOf(
  host: string,
  outcome: HostOutcome,
  { random, drifts }: { readonly random: () => number; readonly drifts: number },
): AssessmentV1[] {
  if (outcome === "unreachable" || outcome === "failed" || outcome === "waiting" || outcome === "gone") return [];
  const jailState = outcome === "repaired" ? "drifted" : outcome;
  const base = {
    version: 1 as const,
    host: `root@${host}.example.com`,
    root: "/chroot/named",
    machine: "m",
    state: jailState,
  };
  if (jailState !== "drifted") return [{ ...base, differences: [], findings: [] }];
  // The zone files differ together.
  const first = pick([0, 0, 3, 4, 7], random()) ?? 0;
  const differences = Array.from({ length: drifts }, (_, index): Difference => {
    const [weight, path, live, declared, reason] = shared[(first + index) % shared.length] as Sample;
    const by = path.startsWith("etc/zones") ? rule : jail;
    const round = Math.floor(index / shared.length);
    return { path: fromWire(round === 0 ? path : `${path}.${round}`), by, reason, weight, live, declared };
  });
  differences.sort((one, other) => weightClasses.indexOf(one.weight) - weightClasses.indexOf(other.weight));
  const who = { pid: 100 + Math.floor(random() * 900), name: fromWire("named") };
  const runsAsRoot = { id: "process-root" as const, severity: "high" as const, evidence: { who } };
  const text = `process ${who.pid} (named) runs as root`;
  const findings = random() < 0.05 ? [{ ...runsAsRoot, text, remedy: "restart it under its own user" }] : [];
  return [{ ...base, differences, findings }];
}

/** A report whose names are all hostile. */
export function hostileSample(): FleetReport {
  const sample = fleetSample({ hosts: hostileNames.length, outcome: "drifted", report: "rollout" });
  const nameAt = (index: number) => Buffer.from(hostileNames[index % hostileNames.length] ?? "", "latin1").toString();
  const hosts = sample.hosts.map((host, index): HostReport => {
    const name = nameAt(index);
    const differences = (host.jails[0]?.differences ?? []).map((difference, at): Difference => {
      const path = hostileNames[(index + at) % hostileNames.length] ?? difference.path;
      const by = { label: `PermissionRule::${name}` };
      return { ...difference, path, by, reason: name, live: `${name}:x 0777`, declared: `${name}:y 0644` };
    });
    const jails = host.jails.map((one) => ({ ...one, root: `/srv/${name}`, differences }));
    const outcome = index === 0 ? "refused" : host.outcome;
    return { ...host, name, stack: name, wave: "canary", outcome, why: name, jails };
  });
  const wave = { name: nameAt(0), isCanary: true, hosts: hosts.map(({ name }) => name), gates: [] };
  const gates = hostileNames.map((_, index) => ({ name: nameAt(index), isOpen: false, why: nameAt(index) }));
  return { ...sample, name: nameAt(0), stopped: nameAt(2), hosts, waves: [{ ...wave, gates }] };
}

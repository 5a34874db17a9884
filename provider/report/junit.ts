import { show } from "../model/bytes";
import type { FleetReport, HostOutcome, HostReport, WaveReport } from "./fleet-report-v1";
import { reasonOf } from "./group-reasons";
import { between } from "./instant";
import { oneLine, outcomeText } from "./words";

type Result = "failure" | "error" | "skipped" | "passed";

/** `failure`: a host is not as declared, or a gate is closed; `error`: nothing is known about it for sure. */
const results: Readonly<Record<HostOutcome, Result>> = {
  failed: "error",
  refused: "failure",
  unreachable: "error",
  "not-checked": "error",
  drifted: "failure",
  waiting: "skipped",
  gone: "skipped",
  repaired: "passed",
  "in-sync": "passed",
};

interface Case {
  readonly name: string;
  readonly result: Result;
  readonly type: string;
  readonly message: string;
  readonly details: readonly string[];
  readonly milliseconds?: number | undefined;
}

/** A report as JUnit XML: a suite for each wave, or for the fleet, with a case for each host and each gate. */
export function junitReport({ name, report, started, ended, hosts, waves }: FleetReport): string {
  const inWave = (wave: WaveReport) => hosts.filter((host) => host.wave === wave.name);
  const names = new Set(waves.map((wave) => wave.name));
  const rest = hosts.filter(({ wave }) => wave === undefined || !names.has(wave));
  const suites: [string, Case[]][] = [
    ...waves.map((wave): [string, Case[]] => [
      `${name}.${wave.name}`,
      [...inWave(wave).map(hostCase), ...wave.gates.map(gateCase)],
    ]),
    ...(rest.length > 0 || waves.length === 0 ? [[name, rest.map(hostCase)] satisfies [string, Case[]]] : []),
  ];
  const all = suites.flatMap(([, cases]) => cases);
  const seconds = secondsText(between(started, ended));
  const text = suites.map(([suite, cases]) => suiteText(suite, cases, started)).join("");
  const root = `<testsuites${attributes({ name: `${name} ${report}`, ...counts(all), time: seconds })}>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n${text}</testsuites>\n`;
}

function hostCase(host: HostReport): Case {
  const { name, outcome, started, ended, jails } = host;
  const differences = jails.flatMap(({ root, differences: found }) => found.map((one) => ({ root, ...one })));
  const count = `${differences.length} ${differences.length === 1 ? "path differs" : "paths differ"}`;
  const details = differences.map(
    ({ root, path, weight, live, declared, by, reason }) =>
      `${weight}: ${root}: ${show(path)}: ${live} => ${declared} (${by.label}: ${reason})`,
  );
  const message = outcome === "drifted" ? count : results[outcome] === "passed" ? "" : reasonText(host);
  return {
    name,
    result: results[outcome],
    type: outcomeText(outcome),
    message,
    details,
    milliseconds: between(started, ended),
  };
}

function reasonText(host: HostReport): string {
  if (host.outcome === "waiting") return host.why ?? "its wave has not begun";
  return host.outcome === "gone" ? (host.why ?? "it is no longer in the fleet") : reasonOf(host);
}

function gateCase({ name, isOpen, why = "" }: WaveReport["gates"][number]): Case {
  const gate = { name: `gate ${name}`, details: [] };
  if (isOpen === undefined) return { ...gate, result: "skipped", type: "not run", message: why || "it has not run" };
  return isOpen
    ? { ...gate, result: "passed", type: "open", message: "" }
    : { ...gate, result: "failure", type: "gate closed", message: why || "it is closed" };
}

function suiteText(name: string, cases: readonly Case[], timestamp: string): string {
  const time = secondsText(cases.reduce((sum, { milliseconds = 0 }) => sum + milliseconds, 0));
  // The schema has no time zone here.
  const head = attributes({ name, ...counts(cases), time, timestamp: timestamp.replace(/(\.\d+)?Z$/, "") });
  return `<testsuite${head}>\n${cases.map((one) => caseText(name, one)).join("")}</testsuite>\n`;
}

function caseText(classname: string, { name, result, type, message, details, milliseconds }: Case): string {
  const head = attributes({ classname, name, time: secondsText(milliseconds) });
  if (result === "passed") return `<testcase${head}/>\n`;
  const detail = details.map((line) => `${escaped(oneLine(line))}\n`).join("");
  // A skipped case has no type in the schema.
  const told = attributes(result === "skipped" ? { message } : { message, type });
  return `<testcase${head}><${result}${told}${detail === "" ? "/>" : `>${detail}</${result}>`}</testcase>\n`;
}

function counts(cases: readonly Case[]): Record<string, string> {
  const count = (result: Result) => `${cases.filter((one) => one.result === result).length}`;
  return {
    tests: `${cases.length}`,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
  };
}

function secondsText(milliseconds = 0): string {
  return (milliseconds / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(oneLine(value))}"`)
    .join("");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** A text for XML 1.0. `oneLine` has escaped the characters that XML does not allow at all: control characters and noncharacters. */
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? "");
}

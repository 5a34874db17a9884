import type { Site } from "../agent/site";
import { Engine } from "../engine/engine";
import { JailAssessment } from "../engine/report/jail-assessment";
import { connectionKey } from "../model/connection";
import { groupBy } from "../model/group-by";
import type { AssessmentV1 } from "../render/assessment/assessment-v1";
import { type HostOutcome, type HostReport, outcomes } from "../report/fleet-report-v1";
import type { HostConnections } from "../ssh/connections";
import type { HostUnit } from "./host-unit";
import { JailLook } from "./jail-look";
import { type Known, knownOf } from "./stated";

/** Everything that a look at a host takes from the look at the fleet. */
export interface LookContext {
  readonly connections: HostConnections;
  readonly signal: AbortSignal;
  /** Takes a notice about a connection, such as a trusted unknown key. */
  readonly onNotice: (text: string) => void;
}

/** Compares all jails of a host with a stack's state. Nothing of the host stays in memory but its report. */
export async function lookAtHost(unit: HostUnit, context: LookContext): Promise<HostReport> {
  const started = now();
  const { connections, signal, onNotice } = context;
  const jails: JailAssessment[] = [];
  const of = (site: Site) => {
    const jail = new JailAssessment(site);
    jails.push(jail);
    return { add: (...report: Parameters<JailAssessment["add"]>) => void jail.add(...report) };
  };
  const log = async (urn: string, _severity: string, message: string) => {
    if (urn === "") onNotice(message);
  };
  const engine = new Engine({ log, signal, connections, assessments: { of }, previewLines: false });
  const read = unit.resources.map(knownOf);
  const known = read.filter((one) => "site" in one);
  const unread = read.filter((one) => "why" in one).map(({ why }) => why);
  const sites = groupBy(known, (one) => jailKey(engine, one));
  const survey = JSON.stringify([...sites.values()].map(([first]) => first?.site));
  const look = new JailLook(engine, survey);
  await Promise.all([...sites.values()].map((resources) => look.compare(resources)));
  const found = jails.map((jail) => jail.value()).sort((one, other) => (one.root < other.root ? -1 : 1));
  return { ...hostReport(unit, found, unread), started, ended: now() };
}

/** The report of a host that nobody could look at. */
export function uncheckedHost({ name, stack }: Pick<HostUnit, "name" | "stack">, why: string): HostReport {
  const at = now();
  return { name, stack, outcome: "not-checked", why, started: at, ended: at, jails: [] };
}

function jailKey(engine: Engine, { site }: Known): string {
  const { connection, root } = engine.siteAt(site);
  return `${connectionKey(connection)}\0${root}`;
}

function hostReport({ name, stack }: HostUnit, jails: AssessmentV1[], unread: readonly string[]): HostReport {
  const ends = [...jails.map(endOf), ...(unread.length > 0 ? ["not-checked" as const] : [])];
  const outcome = outcomes.find((one) => ends.includes(one)) ?? "in-sync";
  const worst = jails.find((jail) => endOf(jail) === outcome);
  const why = worst?.problems?.[0] ?? (outcome === "not-checked" ? unread[0] : undefined);
  return { name, stack, outcome, ...(why === undefined ? {} : { why }), jails };
}

function endOf({ state, isUnreachable }: AssessmentV1): HostOutcome {
  return isUnreachable ? "unreachable" : state;
}

function now(): string {
  return new Date().toISOString();
}

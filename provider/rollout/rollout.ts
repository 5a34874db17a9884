import { mkdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Fleet } from "../fleet/fleet";
import type { RolloutPlan } from "../fleet/plan";
import { runRollout } from "../fleet/run";
import type { FleetReport } from "../report/fleet-report-v1";
import { writing } from "./cannot-write";
import { FleetDriver } from "./driver";
import { fleetFolder } from "./fleet-folder";
import { Jails } from "./jails";
import { openRecord } from "./open-record";
import type { RolloutOptions } from "./options";
import { planFleet } from "./plan-fleet";
import { ProcessLock } from "./process-lock";
import { openProject } from "./project";
import { reportOf } from "./report";
import { stackName } from "./stack-name";
import { usualWaits } from "./unit-run";

/** Takes a fleet's units through their waves, by the record of an earlier call where that has not ended. */
export async function rollout(fleet: Fleet, options: RolloutOptions = {}): Promise<FleetReport> {
  const plan = planFleet(fleet, options);
  const needy = plan.waves.find(({ needsApproval, units }) => needsApproval && units.length > 0);
  if (needy && !options.approve)
    throw new Error(`the wave ${needy.name} needs an approval, and nothing can give it: pass approve`);
  const record = resolve(
    options.record ?? join(fleetFolder, `${fleet.name}.${plan.mode === "up" ? "rollout" : "preview"}.jsonl`),
  );
  const project = resolve(fleetFolder, fleet.name);
  for (const each of [dirname(record), project])
    writing("the fleet's folder", each, () => mkdirSync(each, { recursive: true, mode: 0o700 }));
  // Two rollouts of one fleet may have two records, and share the assessments of its jails.
  const locks = [`${record}.lock`, join(project, plan.mode === "up" ? "rollout.lock" : "preview.lock")];
  return withLocks(locks, fleet.name, () => runLocked(fleet, plan, { ...options, record, project }));
}

async function withLocks<T>(paths: readonly string[], name: string, run: () => Promise<T>): Promise<T> {
  const [path, ...more] = paths;
  if (path === undefined) return run();
  const lock = writing("the lock", path, () => ProcessLock.take(path));
  if ("heldBy" in lock)
    throw new Error(`another rollout of ${name} runs: ${lock.heldBy}: wait for its end, or stop it with Ctrl-C`);
  try {
    return await withLocks(more, name, run);
  } finally {
    lock.release();
  }
}

type Places = RolloutOptions & { readonly record: string; readonly project: string };

async function runLocked(fleet: Fleet, plan: RolloutPlan, options: Places): Promise<FleetReport> {
  const { onEvent = () => undefined, approve = async () => undefined, signal = new AbortController().signal } = options;
  const now = () => new Date().toISOString();
  const jails = new Jails(join(options.project, plan.mode === "up" ? "assessments" : "previews"));
  // Before the record: without the CLI no rollout begins.
  const { stackOf, cancel, close } = await openProject(fleet, options.project, jails);
  try {
    const { planned, record, file, resumed } = await openRecord(options.record, fleet.name, plan, now());
    try {
      if (!resumed) jails.clear();
      onEvent({ event: "planned", at: planned.at, plan: planned.plan });
      if (resumed) onEvent(resumed.event);
      if (resumed && resumed.joined.length > 0) onEvent({ event: "joined", at: now(), units: resumed.joined });
      const parts = { fleet, record, file, jails, approve, onEvent, signal, waits: usualWaits, stackOf, cancel };
      const stopped = await runRollout(record, new FleetDriver(parts), signal);
      return reportOf(planned, record, {
        name: fleet.name,
        ended: now(),
        stopped,
        joined: resumed?.joined ?? [],
        stackOf: stackName,
        jailsOf: (unit) => jails.of(stackName(unit)),
      });
    } finally {
      await file.close();
    }
  } finally {
    close();
  }
}

import type { Fleet } from "../fleet/fleet";
import type { FleetReport } from "../report/fleet-report-v1";
import { planFleet } from "../rollout/plan-fleet";
import { type ApprovalOptions, approvalBy, rolloutCode } from "./approvals";
import { exitStatusOf } from "./exit-status";
import { loadFleet } from "./load-fleet";
import { planLines } from "./plan-lines";
import type { ReportOptions } from "./report-options";
import { expectDelivered, sendReport, showReport, writeReport } from "./reports";
import { RolloutView } from "./rollout-view";
import { stopSignal } from "./stop-signal";
import { expectWebhook } from "./webhook";

export interface RolloutCommandOptions extends ReportOptions, ApprovalOptions {
  readonly plan?: boolean;
  readonly preview?: boolean;
  readonly record?: string;
  readonly width?: number;
}

/** Rolls the fleet of a file out, or only shows its plan. Resolves with the exit status. */
export async function rollOut(file: string, options: RolloutCommandOptions): Promise<number> {
  const { width, record } = options;
  expectWebhook(options.webhook);
  const fleet = (await loadFleet(file)) as Fleet;
  const settings = { mode: options.preview ? "preview" : "up", ...(width === undefined ? {} : { width }) } as const;
  if (options.plan) {
    process.stdout.write(`${planLines(fleet.name, planFleet(fleet, settings)).join("\n")}\n`);
    return 0;
  }
  // Pulumi's SDK takes a second to load.
  const { rollout } = require("../rollout/rollout") as typeof import("../rollout/rollout");
  const signal = stopSignal("units in flight finish; the same command goes on later");
  const view = new RolloutView(fleet.name);
  const ask = approvalBy(options);
  let code = "";
  try {
    const report = await rollout(fleet, {
      ...settings,
      ...(record === undefined ? {} : { record }),
      approve: (wave) => view.paused(() => ask({ wave, code }, signal)),
      signal,
      onEvent: (event) => {
        if (event.event === "planned") code = rolloutCode(fleet.name, event.at);
        view.add(event);
      },
    });
    view.end();
    const unwritten = await writeReport(report, options);
    const status = exitStatusOf(report);
    showReport(report, options, status === 0 ? {} : { next: nextCommand(file, options, report) });
    expectDelivered([...unwritten, ...(await sendReport(report, options))]);
    return status;
  } finally {
    view.end();
  }
}

/** A rollout goes on with the same command. After a preview of all units comes the rollout; one that failed comes first again. */
function nextCommand(file: string, { record, preview }: RolloutCommandOptions, { hosts }: FleetReport): string {
  const name = file === "fleet.ts" ? "" : ` ${file}`;
  if (preview && hosts.some(({ outcome }) => outcome === "failed" || outcome === "refused"))
    return `correct this, then npx pulumi-chroot rollout${name} --preview`;
  return `npx pulumi-chroot rollout${name}${record === undefined || preview ? "" : ` --record ${record}`}`;
}

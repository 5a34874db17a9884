import { z } from "zod";
import { fleetReportV1 } from "../../provider/report/fleet-report-v1";

/** The JSON schema of a rollout's or a drift command's report. */
export function fleetReportSchema(): string {
  const schema = z.toJSONSchema(fleetReportV1, { io: "input" });
  return `${JSON.stringify({ title: "A report of a fleet by pulumi-chroot, version 1", ...schema }, null, 1)}\n`;
}

import { z } from "zod";
import { assessmentV1 } from "../../provider/render/assessment/assessment-v1";

/** The JSON schema of a written assessment. */
export function assessmentSchema(): string {
  const schema = z.toJSONSchema(assessmentV1, { io: "input" });
  return `${JSON.stringify({ title: "An assessment of a jail by pulumi-chroot, version 1", ...schema }, null, 1)}\n`;
}

import { z } from "zod";
import { asciiJson } from "../../model/ascii-json";
import { weightClasses } from "../../plan/difference";
import { findingV1 } from "./finding-v1";
import { owner, path } from "./shapes";

/** One path that differs, in the words of a preview. */
const differenceV1 = z.object({
  path: path.describe('A path in the jail; with a leading "/", a path on its host.'),
  by: owner.describe("The resource that declares the path."),
  reason: z.string().describe("The reason of that declaration."),
  weight: z.enum(weightClasses).describe("How much the difference matters, worst first."),
  live: z.string().describe("The state of the path, as a preview shows it."),
  declared: z.string().describe("The declared state, as a preview shows it."),
  isBlocked: z.exactOptional(z.literal(true)).describe("pulumi up cannot repair it."),
});

/** The states of a jail, worst first. */
export const states = ["refused", "not-checked", "drifted", "in-sync"] as const;

/** One assessment of a jail as JSON, version 1: `schema/assessment.v1.json` is made of this. */
export const assessmentV1 = z.object({
  version: z.literal(1),
  host: z.exactOptional(z.string()).describe("The host as messages name it: user@host, with a port that is not 22."),
  root: z.string().describe("The jail's root on its host."),
  machine: z.string().describe("The host's machine-id; empty where it has none."),
  state: z
    .enum(states)
    .describe(
      "The worst that applies, in this order: pulumi up is refused for a resource; a part was not seen; a path differs; all is as declared.",
    ),
  isUnreachable: z
    .exactOptional(z.literal(true))
    .describe("For the last look of a resource there was no host to speak to: no answer, or no way to it."),
  problems: z
    .exactOptional(z.array(z.string()))
    .describe(
      "Problems of a resource as a whole, as a preview shows them at (host): its name, then the text. Absent where there are none.",
    ),
  differences: z.array(differenceV1).describe("Paths that differ, worst first."),
  findings: z.array(findingV1).describe("Refusals, unchecked parts and remarks, worst first."),
});

export type AssessmentV1 = z.output<typeof assessmentV1>;

/** Reads a written assessment; undefined for any other text, and for one of a later release. */
export function readAssessment(text: string): AssessmentV1 | undefined {
  try {
    return z.safeDecode(assessmentV1, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The text of an assessment, for a file. */
export function assessmentText(assessment: AssessmentV1): string {
  return asciiJson(z.encode(assessmentV1, assessment));
}

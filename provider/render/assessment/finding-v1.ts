import { z } from "zod";
import type { Finding } from "../../intent/finding";
import { type FindingId, findingKinds, severities } from "../../intent/finding-kinds";
import { evidenceV1 } from "./evidence-v1";
import { owner, path } from "./shapes";

/** A finding with its sentence, for readers that have no texts of their own. */
export type WrittenFinding = Finding & { readonly text: string; readonly remedy?: string };

const common = z.object({
  severity: z.enum(severities).describe("Worst first."),
  at: z
    .exactOptional(path)
    .describe('A path in the jail, or the glob of a rule; with a leading "/", a path on its host.'),
  by: z.exactOptional(owner).describe("The resource that it concerns; absent where it concerns all of the jail."),
  accepted: z.exactOptional(z.string()).describe("The Jail's reason for accepting it."),
  isNew: z.exactOptional(z.literal(true)).describe("It was not there when pulumi up last changed the jail."),
  text: z.string().describe("The finding as a sentence."),
  remedy: z.exactOptional(z.string()).describe("What to do."),
});

/** Each kind of finding: its `id`, which never changes its meaning, decides the shape of its `evidence`. */
const [first, ...more] = (Object.keys(evidenceV1) as FindingId[]).map((id) =>
  z.object({ id: z.literal(id), evidence: evidenceV1[id] }).describe(findingKinds[id].means),
);
const kinds = z.discriminatedUnion("id", [first as NonNullable<typeof first>, ...more]);

export const findingV1 = z.intersection(common, kinds) as unknown as z.ZodType<WrittenFinding, unknown>;

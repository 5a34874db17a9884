import { z } from "zod";

const text = z.string();
const count = z.number().int().nonnegative();
const wave = z.looseObject({
  name: text,
  isCanary: z.boolean(),
  units: z.array(text),
  maxFailures: count.optional(),
  gates: z.array(text),
  needsApproval: z.boolean(),
});

/** The first line of a journal. */
export const firstLine = z.looseObject({
  fleet: text.optional(),
  at: text,
  plan: z.looseObject({
    mode: z.enum(["up", "preview"]),
    waves: z.array(wave),
    maxFailures: count,
    maxUnreachable: count.optional(),
    width: count.min(1),
  }),
});

const outcome = z.enum(["done", "failed", "refused", "unreachable", "waiting"]);
const line = <T extends z.ZodRawShape>(shape: T) => z.looseObject({ at: text, ...shape });
/** Any other line of a journal. A later release may add properties. */
export const eventLine = z.discriminatedUnion("event", [
  line({ event: z.literal("approved"), wave: text, by: text }),
  line({ event: z.literal("started"), unit: text }),
  line({
    event: z.literal("ended"),
    unit: text,
    outcome,
    why: text.optional(),
    isChanged: z.literal(true).optional(),
  }),
  line({ event: z.literal("gated"), wave: text, gate: text, isOpen: z.boolean(), why: text.optional() }),
  line({ event: z.literal("stopping"), withoutApproval: text.optional() }),
  line({ event: z.literal("resumed"), gone: z.array(text), retries: z.boolean() }),
]);

import { z } from "zod";

const text = z.string();
const count = z.number().int().nonnegative();
const wave = z.looseObject({
  name: text,
  isCanary: z.boolean(),
  units: z.array(text),
  maxFailures: z.exactOptional(count),
  gates: z.array(text),
  needsApproval: z.boolean(),
});

/** The first line of a journal. */
export const firstLine = z.looseObject({
  record: z.literal("pulumi-chroot rollout"),
  version: z.literal(1),
  fleet: z.exactOptional(text),
  at: text,
  plan: z.looseObject({
    mode: z.enum(["up", "preview"]),
    waves: z.array(wave),
    maxFailures: count,
    maxUnreachable: z.exactOptional(count),
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
    why: z.exactOptional(text),
    isChanged: z.exactOptional(z.literal(true)),
  }),
  line({ event: z.literal("gated"), wave: text, gate: text, isOpen: z.boolean(), why: z.exactOptional(text) }),
  line({ event: z.literal("stopping"), withoutApproval: z.exactOptional(text) }),
  line({ event: z.literal("resumed"), gone: z.array(text), retries: z.boolean() }),
]);

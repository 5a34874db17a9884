import { z } from "zod";
import { printable } from "../model/bytes";
import { connectionArgs } from "../model/connection";
import { argumentNamesAt, issueMessage, notKnown } from "../model/zod-issues";
import { gatesMistake } from "./gate-arguments";
import { type Share, shareMistake } from "./share";

const share = z
  .custom<Share>((value) => typeof value === "number" || typeof value === "string", "must be a number or a percentage")
  .superRefine((value, context) => {
    const message = shareMistake(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
const label = z.union([z.string(), z.array(z.string())]);
const labels = z.record(z.string(), label);
const host = connectionArgs.extend({ labels: labels.optional() });
const group = z.strictObject({ hosts: z.record(z.string(), host), labels: labels.optional() });
const gates = z.array(z.looseObject({})).optional();

const wave = z.strictObject({
  name: z.string().min(1),
  size: share.optional(),
  labels: labels.optional(),
  canary: z.boolean().optional(),
  maxFailures: share.optional(),
  gates,
  needsApproval: z.boolean().optional(),
});

/** The units are checked one by one: each is of one of two kinds. */
const fleet = z.strictObject({
  // It is a folder's name, which `..` would lead out of.
  name: z
    .string()
    .regex(
      /^(?!\.{1,2}$)[A-Za-z0-9_.-]{1,100}$/,
      "must be letters, digits, - _ and . only, at most 100, and not . or ..",
    ),
  units: z.record(z.string(), z.looseObject({})),
  declare: z.custom((value) => typeof value === "function", "must be a function"),
  waves: z.array(wave).min(1).optional(),
  maxFailures: share.optional(),
  maxUnreachable: share.optional(),
  width: z.number().int().min(1).optional(),
  gates,
  approvals: z.boolean().optional(),
  backend: z.string().min(1).optional(),
  secretsProvider: z.string().min(1).optional(),
});

/** The first mistake of a fleet, as a sentence that begins with the property; undefined where there is none. */
export function fleetMistake(declaration: unknown): string | undefined {
  const mistake = mistakeOf("the fleet", fleet, declaration);
  if (mistake !== undefined) return mistake;
  const { units, waves = [], gates: common = [] } = declaration as z.output<typeof fleet>;
  if (Object.keys(units).length === 0) return "units is empty: there is no host to roll out to";
  for (const [name, unit] of Object.entries(units)) {
    const at = `units.${name}`;
    const own = "hosts" in unit ? mistakeOf(at, group, unit) : mistakeOf(at, host, unit);
    if (own !== undefined) return printable(own);
    if ("hosts" in unit && Object.keys(unit["hosts"] as object).length === 0)
      return printable(`${at}.hosts is empty: give the group a host, or leave it out`);
  }
  for (const { name, gates: own = [] } of waves.length > 0 ? waves : [{ name: "all" }]) {
    const wrong = gatesMistake([...common, ...own]);
    if (wrong !== undefined) return printable(`wave ${name}, with the fleet's own gates first: ${wrong}`);
  }
  return undefined;
}

function mistakeOf(at: string, schema: z.ZodType, value: unknown): string | undefined {
  const [issue] = schema.safeParse(value, { error: issueMessage }).error?.issues ?? [];
  if (issue === undefined) return undefined;
  const path = [...(at === "the fleet" ? [] : [at]), ...issue.path.map(String)].join(".");
  if (issue.code === "unrecognized_keys") {
    const [key = ""] = issue.keys;
    const name = path === "" ? key : `${path}.${key}`;
    return printable(`${name} ${notKnown(key, argumentNamesAt(schema, issue.path))}`);
  }
  const { message } = issue;
  return printable(`${path || at} ${message.endsWith(", not undefined") ? "is missing" : message}`);
}

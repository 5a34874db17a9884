import type { ResourceKind } from "../resources/kind";
import { isUnknown, type Values, valueAt } from "./values";

/** Argument mistakes as the engine shows them: the property's path, and a sentence. What is not known yet is none. */
export function failuresOf(kind: ResourceKind, args: Values): { property: string; reason: string }[] {
  const parsed = kind.schema.safeParse(args);
  if (parsed.success) return [];
  return parsed.error.issues
    .filter(({ code, path }) => code === "invalid_key" || !isUnknown(valueAt(args, path)))
    .map((issue) => ({
      property: issue.path.join("."),
      // What is wrong with the key of a map is told one level below.
      reason: (issue.code === "invalid_key" && issue.issues[0]?.message) || issue.message,
    }));
}

import { connectionArgs } from "../model/connection";
import { hasUnknown } from "../model/unknown";
import type { Values } from "../model/values";
import { configuredConnection } from "../resources/default-connection";

/** The mistakes in the provider's configuration, each with its property. */
export function configurationMistakes(args: Values): { property: string; reason: string }[] {
  const connection = configuredConnection(args);
  if (connection === undefined || hasUnknown(connection)) return [];
  const issues = connectionArgs.safeParse(connection).error?.issues ?? [];
  return issues.map(({ path, message }) => ({
    property: ["connection", ...path.map(String)].join("."),
    reason: message,
  }));
}

import { connectionArgs } from "../model/connection";
import { hasUnknown } from "../model/unknown";
import { isMap, type Values } from "../model/values";

/** The `connection` of the provider's configuration. The engine passes a value with parts as JSON. */
export function configuredConnection(args: Values): unknown {
  const { connection } = args;
  if (typeof connection !== "string") return connection;
  try {
    return JSON.parse(connection);
  } catch {
    // The check says what it is instead.
    return connection;
  }
}

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

/** Inputs of a resource with the provider's connection where the program gives none. */
export function withDefaultConnection(news: Values, connection: unknown): Values {
  if (connection === undefined) return news;
  const { jail } = news;
  if (jail === undefined) return news["connection"] === undefined ? { ...news, connection } : news;
  if (!isMap(jail) || jail["connection"] !== undefined) return news;
  return { ...news, jail: { ...jail, connection } };
}

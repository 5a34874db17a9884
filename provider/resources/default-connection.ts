import { isMap, omit, type Values } from "../model/values";
import { hiddenInputs } from "./hidden-inputs";

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

/** Values of a resource of a kind with the provider's connection where they have none. */
export function withDefaultConnection(kind: string, values: Values, connection: unknown): Values {
  if (connection === undefined || hasConnection(values)) return values;
  if (kind === "Jail") return { ...values, connection };
  const { jail } = values;
  return isMap(jail) ? { ...values, jail: { ...jail, connection } } : values;
}

/** Values of an answer without the connection that the resource does not have itself: no state has the keys of the provider's. */
export function withoutDefaultConnection(values: Values, given: Values): Values {
  if (hasConnection(given)) return values;
  const { jail, ...rest } = omit(values, ["connection", hiddenInputs.connection]);
  return isMap(jail) ? { ...rest, jail: omit(jail, ["connection"]) } : rest;
}

function hasConnection({ connection, jail, [hiddenInputs.connection]: hidden }: Values): boolean {
  return connection !== undefined || hidden !== undefined || (isMap(jail) && jail["connection"] !== undefined);
}

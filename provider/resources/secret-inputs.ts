import * as pulumi from "@pulumi/pulumi";
import { connectionArgs, secretConnectionKeys } from "../model/connection";

/**
 * A connection with its keys marked as secrets, field by field: as a whole it would hide the host's name too. A connection that
 * is an Output itself is taken apart first.
 */
export function withSecretKeys(connection: pulumi.Input<pulumi.Inputs>): pulumi.Inputs {
  return marked(isLater(connection) ? fieldsOf(pulumi.output(connection)) : connection);
}

function marked(fields: pulumi.Inputs): pulumi.Inputs {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, markedField(key, value)]));
}

function markedField(key: string, value: unknown): unknown {
  if (value === undefined) return value;
  if (secretConnectionKeys.some((secret) => secret === key)) return pulumi.secret(value);
  if (key !== "proxy" && key !== "become") return value;
  // An Output is not taken apart: the whole value is a secret.
  if (isLater(value)) return pulumi.secret(value);
  if (Array.isArray(value)) return value.map((item) => markedField(key, item));
  return typeof value === "object" && value !== null ? marked(value as pulumi.Inputs) : value;
}

/** True if any of some values is a secret, which the provider is not told; otherwise the input is absent. */
export function secretFlag(...values: readonly pulumi.Input<unknown>[]): Promise<true | undefined> {
  return pulumi.isSecret(pulumi.output(values)).then((isSecret) => (isSecret ? true : undefined));
}

export function isLater(value: unknown): value is Promise<pulumi.Inputs> | pulumi.OutputInstance<pulumi.Inputs> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

function fieldsOf(connection: pulumi.Output<pulumi.Inputs>): pulumi.Inputs {
  const field = (key: string) => connection.apply((known) => known[key]);
  return Object.fromEntries(Object.keys(connectionArgs.shape).map((key) => [key, field(key)]));
}

import * as pulumi from "@pulumi/pulumi";
import { connectionArgs, secretConnectionKeys } from "../model/connection";

/** A program in plain JavaScript may leave out what the types demand; what is there is checked with all the rest. */
export function expectGiven(what: string, args: Readonly<Record<string, unknown>>, name: string): void {
  if (typeof args[name] !== "object" || args[name] === null)
    throw new Error(`${what}: ${name} is missing, or is not an object`);
}

/**
 * A connection with its keys marked as secrets, field by field: as a whole it would hide the host's name too. One that is
 * an Output itself is taken apart first.
 */
export function withSecrets(connection: pulumi.Input<pulumi.Inputs>): pulumi.Inputs {
  const fields = isLater(connection) ? fieldsOf(pulumi.output(connection)) : connection;
  const secrets = secretConnectionKeys.filter((key) => fields[key] !== undefined);
  return { ...fields, ...Object.fromEntries(secrets.map((key) => [key, pulumi.secret(fields[key])])) };
}

function isLater(
  value: pulumi.Input<pulumi.Inputs>,
): value is Promise<pulumi.Inputs> | pulumi.OutputInstance<pulumi.Inputs> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

function fieldsOf(connection: pulumi.Output<pulumi.Inputs>): pulumi.Inputs {
  const field = (key: string) => connection.apply((known) => known[key]);
  return Object.fromEntries(Object.keys(connectionArgs.shape).map((key) => [key, field(key)]));
}

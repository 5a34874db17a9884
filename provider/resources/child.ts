import * as pulumi from "@pulumi/pulumi";
import type { JailReference } from "./arguments";
import { expectGiven, withSecrets } from "./inputs";
import { insideOf, Jail, reserveIn } from "./jail/resource";
import { type Told, turnInputs, urnOf } from "./turn";

/**
 * What the classes of everything that belongs to a jail have in common: the connection comes from the Jail, and its turn is
 * told of them. `fields` are reserved there, `plain` is what the Jail has to know beside them; `more` may be told too: with all
 * that somebody will ask for, files are looked at together and the jail is compared once.
 */
export function childInputs(
  kind: string,
  type: string,
  name: string,
  args: object & { readonly jail: Jail | JailReference },
  options: pulumi.CustomResourceOptions,
  fields: readonly string[],
  plain: readonly string[],
  more: Told = {},
): { inputs: pulumi.Inputs; options: pulumi.CustomResourceOptions } {
  expectGiven(`${kind} ${name}`, { ...args }, "jail");
  const { jail, ...own } = args;
  if (!(jail instanceof Jail)) expectGiven(`${kind} ${name}: jail`, { ...jail }, "connection");
  const urn = urnOf(type, name, options.parent);
  const { connection, root } = jail instanceof Jail ? insideOf(jail) : (jail as ReturnType<typeof insideOf>);
  if (jail instanceof Jail) reserveIn(jail, kind, urn, own, fields, plain, more);
  return {
    inputs: {
      ...own,
      drift: undefined,
      jail: { connection: withSecrets(connection), root },
      ...turnInputs(urn, { connection, root }, jail instanceof Jail || options.dependsOn !== undefined),
    },
    // A child comes after its jail and goes with it: deleting the jail removes the children's records too.
    options: jail instanceof Jail ? pulumi.mergeOptions({ dependsOn: [jail], deletedWith: jail }, options) : options,
  };
}

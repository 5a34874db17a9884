import * as pulumi from "@pulumi/pulumi";
import { labelOf } from "../model/urn";
import type { JailReference } from "./arguments";
import { expectGiven, expectJail, expectNotIgnored, expectOptions, expectReference } from "./constructor-checks";
import { face } from "./face";
import { hiddenInputs, withHiddenPaths } from "./hidden-inputs";
import { insideOf, Jail, reserveIn } from "./jail/resource";
import type { ResourceKind } from "./kind";
import { withOtherFace } from "./other-face";
import { leftOut } from "./outputs";
import { predictUrn } from "./predicted-urn";
import { mistakesOf } from "./program-mistakes";
import { withSecretKeys } from "./secret-inputs";
import { type Made, noteConstructed, noteMistakes, type Told, turnInputs } from "./turn";

/** A class of resources that belong to a jail. */
interface ChildClass {
  readonly kind: ResourceKind;
  /** Arguments that the Jail reserves. */
  readonly fields: readonly string[];
  /** Arguments that the Jail needs beside them. */
  readonly parts: readonly string[];
}

/** A resource as the program constructs it. */
interface Constructed {
  readonly name: string;
  readonly args: object & { readonly jail: Jail | JailReference };
  readonly options: pulumi.CustomResourceOptions;
}

/**
 * Type, inputs and options of a resource that belongs to a jail: the connection comes from the Jail, and the Jail's turn reserves its
 * fields. The Jail may be told more: with all files known it looks at them together and compares the jail once. The class notes
 * the constructed resource in `made`.
 */
export function childInputs(
  { kind, fields, parts }: ChildClass,
  { name, args, options }: Constructed,
  told: Told = {},
): { type: string; inputs: pulumi.Inputs; options: pulumi.CustomResourceOptions; made: Made } {
  const subject = `${kind.name} ${name}`;
  expectOptions(kind.name, name, options);
  expectJail(subject, args);
  const { jail, ...own } = args;
  if (!(jail instanceof Jail)) {
    expectReference(subject, jail);
    expectGiven(`${subject}: jail`, jail, "connection");
  }
  if (jail instanceof Jail) expectNotIgnored(subject, options, [...fields, ...parts]);
  const served = face(kind.name);
  const urn = predictUrn(served.type, name, options.parent);
  const { connection, root } = jail instanceof Jail ? insideOf(jail) : (jail as ReturnType<typeof insideOf>);
  noteMistakes(async (end) => {
    const plain = { ...args, ...told.plainContent, jail: { connection, root } };
    const mistakes = await mistakesOf(kind, urn, plain, { end, waits: options.dependsOn !== undefined });
    // The Jail tells its own.
    return jail instanceof Jail ? mistakes.filter((one) => !one.startsWith(`${labelOf(urn)}: jail.`)) : mistakes;
  });
  const { ignoreChanges } = options;
  const given = ignoreChanges ? { ...options, ignoreChanges: withHiddenPaths(ignoreChanges) } : options;
  const made: Made = {};
  noteConstructed({ subject, made, options, ...(jail instanceof Jail ? { jail } : {}) });
  const marked = withSecretKeys(connection);
  if (jail instanceof Jail)
    reserveIn(jail, { kind: kind.name, label: labelOf(urn), fields, made }, { args: own, parts, told });
  return {
    made,
    type: served.type,
    inputs: {
      ...leftOut(kind),
      ...own,
      drift: undefined,
      // In both places: check() keeps the one that the state has, and the engine marks secrets by their names alone.
      jail: { connection: marked, root },
      [hiddenInputs.connection]: marked,
      [hiddenInputs.changed]: undefined,
      ...turnInputs({ urn, options, site: jail instanceof Jail ? undefined : { connection, root } }),
      ...served.inputs,
    },
    // A child comes after its jail and goes with it: deleting the jail removes the children's records too.
    options: withOtherFace(
      jail instanceof Jail ? pulumi.mergeOptions({ dependsOn: [jail], deletedWith: jail }, given) : given,
      served,
    ),
  };
}

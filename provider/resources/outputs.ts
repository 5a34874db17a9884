import type * as pulumi from "@pulumi/pulumi";

/** The arguments of a resource as a program, or its unit test, reads them back. */
export type ArgumentOutputs<Args> = { readonly [Name in keyof Args]-?: pulumi.Output<pulumi.Unwrap<Args[Name]>> };

/** A child's arguments: of its jail the outputs have the place alone, as the connection to it may hold keys. */
export type ChildOutputs<Args> = ArgumentOutputs<Omit<Args, "jail">> & {
  readonly jail: pulumi.Output<{ readonly root: string }>;
};

/** Values for the arguments that a program leaves out: without them the resource would have no Output of their names. */
export function leftOut({ keys }: { readonly keys: readonly string[] }): pulumi.Inputs {
  return Object.fromEntries(keys.map((key) => [key, undefined]));
}

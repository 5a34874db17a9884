import * as pulumi from "@pulumi/pulumi";

/** The end of an Output in this run. */
export type KnownValue =
  | { readonly is: "known"; readonly value: unknown; readonly isSecret: boolean }
  /** In a preview: the engine says that it is going to change. After a failed or skipped change: not there. */
  | { readonly is: "unknown" }
  /** The state has no such property; or a preview is not told of it. */
  | { readonly is: "absent" };

/** The part of an Output that the SDK keeps to itself (output.ts). */
interface Inner {
  readonly isKnown: Promise<boolean>;
  promise(withUnknowns: true): Promise<unknown>;
}

/** Waits for the value of an Output, and never rejects. `apply` cannot tell a property that the state lacks from one that changes. */
export async function knownValue(output: pulumi.Output<unknown>): Promise<KnownValue> {
  const inner = output as unknown as Inner;
  try {
    const [value, isKnown, isSecret] = await Promise.all([inner.promise(true), inner.isKnown, pulumi.isSecret(output)]);
    if (value === undefined) return isKnown || pulumi.runtime.isDryRun() ? { is: "absent" } : { is: "unknown" };
    return isKnown ? { is: "known", value, isSecret } : { is: "unknown" };
  } catch {
    return { is: "unknown" };
  }
}

/** The Outputs of a resource by their names. */
export function outputsOf(resource: pulumi.Resource): [string, pulumi.Output<unknown>][] {
  return Object.entries(resource).filter((entry): entry is [string, pulumi.Output<unknown>] =>
    pulumi.Output.isInstance(entry[1]),
  );
}

import type { Digest } from "../model/digest";

/**
 * What the class passes beside the arguments, in an input that check() drops: only this process remembers it. The state
 * must not hold it — a URN there would make `pulumi stack rename` update every resource, the survey has keys in it.
 */
export interface TurnInput {
  readonly urn: string;
  /** True in `pulumi preview` and in the preview of `pulumi up`. */
  readonly preview: boolean;
  /**
   * On some resources of a turn where all its jails are, so that all scans start together; on the others an empty list. As JSON,
   * and always there: the SDK waits for each value of an input, and a resource that has more of them is overtaken by all others.
   */
  readonly survey?: string;
  /** On a Jail: what is declared for it in the same turn, as far as it is known without waiting for an Output. */
  readonly declared?: readonly {
    readonly kind: string;
    readonly label: string;
    readonly args: Readonly<Record<string, unknown>>;
    /** Of a file whose content is no secret. */
    readonly content?: { readonly digest: Digest; readonly isSecret: boolean };
  }[];
}

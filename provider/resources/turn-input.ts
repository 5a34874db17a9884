import type { Digest } from "../model/digest";

/**
 * The class's inputs beside the arguments. check() drops them, so that only this process remembers them. The state must not
 * hold them: a URN there would make `pulumi stack rename` update every resource, and the survey has keys in it.
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
  /** Set in a JailFleet: the sentence that ends an error, about the waves that do not start. */
  readonly laterWaves?: string;
  /** Set on a Jail that no class declares: it is not told the other declarations for it. */
  readonly isAlone?: boolean;
  /** Mistakes in the arguments of all resources of the turn, each with its label. */
  readonly mistakes?: readonly string[];
  /** Set on a Jail: the declarations for it in the same turn, as far as they are known without waiting for an Output. */
  readonly declared?: readonly {
    readonly kind: string;
    readonly label: string;
    readonly args: Readonly<Record<string, unknown>>;
    /** The content of a file, unless it is a secret. */
    readonly content?: { readonly digest: Digest; readonly isSecret: boolean };
  }[];
}

/** Ends the text of a claim whose resource the engine does not delete. */
export const protectedMark = " (protected)";

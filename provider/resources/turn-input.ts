/**
 * What the class passes beside the arguments, in an input that check() drops: only this process remembers it. The state
 * must not hold it — a URN there would make `pulumi stack rename` update every resource, the survey has keys in it.
 */
export interface TurnInput {
  readonly urn: string;
  /** True in `pulumi preview` and in the preview of `pulumi up`. */
  readonly preview: boolean;
  /** On the first resource of a turn: where all jails of the turn are, so that all scans start together. */
  readonly survey?: readonly Readonly<Record<string, unknown>>[];
  /** On a Jail: what is declared for it in the same turn, as far as it is known without waiting for an Output. */
  readonly declared?: readonly {
    readonly kind: string;
    readonly label: string;
    readonly args: Readonly<Record<string, unknown>>;
  }[];
}

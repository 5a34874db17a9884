/** Why the host has not told which entries processes use. */
export type UnseenUses =
  | { readonly problem: "agent-killed" }
  /** The host's own text. */
  | { readonly problem: "told"; readonly told: string };

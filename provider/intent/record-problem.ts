/** Why a file in the registry is no record of this jail. */
export type RecordProblem =
  | { readonly problem: "no-file" }
  | { readonly problem: "no-json" }
  | { readonly problem: "no-record" }
  /** A later release wrote it, and its claims may count: no change may override it. */
  | { readonly problem: "later-release" }
  /** It came with a copy of another machine's disk. */
  | { readonly problem: "other-machine"; readonly label: string }
  | ArgumentDamage;

/** Why the arguments in a record are of no use. */
export type ArgumentDamage =
  | { readonly problem: "argument-type"; readonly label: string; readonly argument: string }
  | { readonly problem: "arguments-unreadable"; readonly label: string; readonly error: string };

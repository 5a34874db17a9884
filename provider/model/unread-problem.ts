import type { Bytes } from "./bytes";

/** Why the host has not told all of an entry, or of the entries below it. `told` is the host's own text. */
export type UnreadProblem =
  | { readonly problem: "unreadable"; readonly told: string }
  /** A tool of the host prints a line that no parser understands. */
  | { readonly problem: "strange-line"; readonly tool: "getfacl" | "getcap"; readonly told: string }
  /** An entry with an ACL came during the look. */
  | { readonly problem: "came-meanwhile" }
  | { readonly problem: "mount-changing"; readonly path: Bytes }
  | { readonly problem: "directories-moving" }
  /** It has this many names below it or more; the other two are the limits of one look. */
  | { readonly problem: "too-many-names"; readonly count: number; readonly names: number; readonly bytes: number };

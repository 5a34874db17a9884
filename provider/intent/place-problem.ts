import type { Bytes } from "../model/bytes";
import type { Mode } from "../model/mode";

/** Why a place on the host is not safe to use. */
export type PlaceProblem =
  /** The host cannot look there; `told` is its own text. */
  | { readonly problem: "unreadable"; readonly told: string }
  | { readonly problem: "directory-missing"; readonly directory: Bytes }
  | { readonly problem: "no-directory"; readonly above: Bytes }
  | {
      readonly problem: "others-write";
      readonly above: Bytes;
      readonly user: Bytes;
      readonly group: Bytes;
      readonly mode: Mode;
    };

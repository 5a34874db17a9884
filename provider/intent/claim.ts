import type { EntryType } from "../model/entry";
import { isMixed, type Mode, type ModeSpec } from "../model/mode";
import type { Glob } from "./glob/glob";
import type { Owner } from "./owner";

/** A claim's wish for one field. */
export type Hold<T> =
  | { readonly is: "value"; readonly value: T }
  /** Not held: any live value is right. */
  | { readonly is: "any" }
  /** A resource sets it to a value that is not known yet (an Output): the live value stays. */
  | { readonly is: "reserved" };

/** Fields that a claim may state. Files and directories have a mode each, so that 0640 never hits a directory. */
export const claimFields = ["owner", "group", "fileMode", "directoryMode", "special", "acl", "capabilities"] as const;

/** One resource's wish for the paths that a glob matches. */
export interface Claim {
  readonly by: Owner;
  readonly match: Glob;
  readonly except: readonly Glob[];
  readonly want: {
    readonly owner?: Hold<string>;
    readonly group?: Hold<string>;
    readonly fileMode?: Hold<ModeSpec>;
    readonly directoryMode?: Hold<ModeSpec>;
    /** Setuid, setgid, sticky. Where no claim states them the mode decides, and a mode has none. */
    readonly special?: Hold<Mode>;
    /** A text of `aclText`; empty for none. */
    readonly acl?: Hold<string>;
    /** A text of `parseCapabilities`; empty for none. */
    readonly capabilities?: Hold<string>;
  };
  /** `required`: the (literal) path must exist, as a directory; `within`: the directories above it must exist. */
  readonly presence: "required" | "within" | "optional";
  /**
   * The baseline ranks lowest; above it `writable`, provided files, rules by `order`, and the fields that a file states for
   * itself.
   */
  readonly tier: "baseline" | "writable" | "provided" | "rule" | "file";
  readonly order: number;
  /** Matching entries may come and go: a missing one is no difference. */
  readonly runtime?: boolean;
  readonly reason: string;
}

/** The composed wish for the fields of one path; a field is absent when no claim may set it. */
export interface Composed {
  readonly owner?: ComposedField<string>;
  readonly group?: ComposedField<string>;
  readonly mode?: ComposedField<Mode>;
  readonly special?: ComposedField<Mode>;
  readonly acl?: ComposedField<string>;
  readonly capabilities?: ComposedField<string>;
}
export interface ComposedField<T> {
  readonly hold: Hold<T>;
  readonly by: Claim;
}

/** Types that have declared owners and modes; links, devices, sockets and FIFOs are left alone. */
export function isHeld(type: EntryType): type is "file" | "directory" {
  return type === "file" || type === "directory";
}

/** Whether a claim's file mode leaves only the execute bits open, for `X` to decide. */
export function isMixedClaim({ want: { fileMode } }: Claim): boolean {
  return fileMode?.is === "value" && isMixed(fileMode.value);
}

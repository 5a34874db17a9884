import type { EntryType } from "../model/entry";
import type { Mode, ModeSpec } from "../model/mode";
import type { Glob } from "./glob";

/** The resource that makes a claim. */
export interface Owner {
  /** Key of its record in the registry, and its Pulumi id; absent where only the program has told us of the resource. */
  readonly token?: string;
  /** `PermissionRule::var`, with the types of its parents before it: the URN without stack and project. */
  readonly label: string;
  /** `project/stack` of a resource that belongs to another stack. */
  readonly stack?: string;
}

/** What a claim wants of one field. */
export type Hold<T> =
  | { readonly is: "value"; readonly value: T }
  /** Not held: whatever is there is right. */
  | { readonly is: "any" }
  /** Somebody sets it, to a value that is not known here (an Output); left alone. */
  | { readonly is: "reserved" };

/** Fields that a claim may state. Files and directories have a mode each, so that 0640 never hits a directory. */
export const claimFields = ["owner", "group", "fileMode", "directoryMode", "special", "acl", "capabilities"] as const;

/** What one resource wants of the paths that a glob matches. */
export interface Claim {
  readonly by: Owner;
  readonly match: Glob;
  readonly except: readonly Glob[];
  readonly want: {
    readonly owner?: Hold<string>;
    readonly group?: Hold<string>;
    readonly fileMode?: Hold<ModeSpec>;
    readonly directoryMode?: Hold<ModeSpec>;
    /** Setuid, setgid, sticky. Where nobody states them they are the mode's, which has none. */
    readonly special?: Hold<Mode>;
    /** A text of `aclText`; empty for none. */
    readonly acl?: Hold<string>;
    /** A text of `parseCapabilities`; empty for none. */
    readonly capabilities?: Hold<string>;
  };
  /** `required`: the (literal) path has to exist, as a directory; `within`: the directories above it have to. */
  readonly presence: "required" | "within" | "optional";
  /** The baseline comes first, then what may be written, what the jail is provided with, rules by `order`, what a file says of itself. */
  readonly tier: "baseline" | "writable" | "provided" | "rule" | "file";
  readonly order: number;
  /** What matches may come and go: nothing there is no sign of a mistake. */
  readonly runtime?: boolean;
  readonly reason: string;
}

/** The composed wish for the fields of one path; a field is absent when nobody may set it. */
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

/** Types that owners and modes are held for; links, devices, sockets and FIFOs are left as they are. */
export function isHeld(type: EntryType): type is "file" | "directory" {
  return type === "file" || type === "directory";
}

export function formatOwner(owner: Owner): string {
  return owner.stack === undefined ? owner.label : `${owner.label} of stack ${owner.stack}`;
}

/** Which resource it is, whatever is known of it. */
export function sameOwner(one: Owner, other: Owner): boolean {
  if (one.token !== undefined && other.token !== undefined) return one.token === other.token;
  return one.label === other.label && one.stack === other.stack;
}

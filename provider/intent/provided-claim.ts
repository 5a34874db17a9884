import { type Bytes, utf8Of } from "../model/bytes";
import type { Mode } from "../model/mode";
import type { Claim } from "./claim";
import { literalGlob } from "./glob/glob";
import type { Owner } from "./owner";

/**
 * A file that a Jail provides belongs to root, even under another baseline: a baseline that denies all users to read or run a
 * file is not meant for it.
 */
export function providedClaim(at: Bytes, mode: Mode, reason: string, by: Owner): Claim {
  return {
    by,
    match: literalGlob(utf8Of(at)),
    except: [],
    want: {
      owner: { is: "value", value: "root" },
      group: { is: "value", value: "root" },
      fileMode: { is: "value", value: { octal: mode } },
    },
    presence: "within",
    tier: "provided",
    order: 0,
    reason,
  };
}

import type { Claim, Owner } from "../../intent/claim";
import { literalGlob } from "../../intent/glob";
import { type Bytes, utf8Of } from "../../model/bytes";
import type { Mode } from "../../model/mode";

/** A file that a Jail provides is root's, whatever the baseline says: one that lets nobody read or run anything is not for it. */
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

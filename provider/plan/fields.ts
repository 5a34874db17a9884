import type { Claim, Composed } from "../intent/claim";
import { groupBits, resolveAcl } from "../model/acl";
import type { Live } from "../model/entry";
import { allSpecialBits, type Mode, setIdBits } from "../model/mode";
import type { Kept, Wanted } from "./difference";

/** One composed field of one path. */
export interface Field {
  readonly by: Pick<Claim, "by" | "reason">;
  readonly want: Wanted;
  readonly differs: boolean;
}

/** Facts about a host. An id that it does not know is undefined. */
export interface Capacity {
  readonly acl: boolean;
  readonly capabilities: boolean;
  idOf(kind: "user" | "group", name: string): number | undefined;
  /** Called for a claim that needs a tool that the host does not have. */
  missing(tool: "acl" | "capabilities", by: Claim): void;
}

/** The composed fields that a resource holds, each with its live value; without `live`, the fields of a missing directory. */
export function fieldsOf(
  composed: Composed,
  live: Live | undefined,
  isDirectory: boolean,
  capacity: Capacity,
): Field[] {
  const { mode, mask } = heldMode(composed);
  const acl = aclField(composed, live, isDirectory, capacity);
  const found = [
    idField("user", composed, live, capacity),
    idField("group", composed, live, capacity),
    modeField(
      mode === undefined || acl?.mask === undefined || (mask & 0o070) === 0 ? mode : withMask(mode, acl.mask),
      mask,
      composed,
      live,
    ),
    specialField(composed, live),
    acl?.part,
    capabilitiesField(composed, live, capacity),
  ];
  return found.filter((part) => part !== undefined);
}

/** The values of an entry without ACL and capabilities that is as declared. */
export interface Exact {
  readonly uid: number;
  readonly gid: number;
  readonly mode: Mode;
}

/** The exact values where every field is held and nothing special is declared, as for nearly all entries of a jail. */
export function exactly(composed: Composed, capacity: Capacity): Exact | undefined {
  const { owner, group, mode, special, acl, capabilities } = composed;
  if (owner?.hold.is !== "value" || group?.hold.is !== "value" || mode?.hold.is !== "value") return undefined;
  const isEmpty = (field: Composed["acl"]) =>
    field === undefined || (field.hold.is === "value" && field.hold.value === "");
  if (special !== undefined || !isEmpty(acl) || !isEmpty(capabilities)) return undefined;
  const uid = capacity.idOf("user", owner.hold.value);
  const gid = capacity.idOf("group", group.hold.value);
  return uid === undefined || gid === undefined ? undefined : { uid, gid, mode: mode.hold.value };
}

/** The bits that chown would take from a file although they are as declared. */
export function keptBits({ mode, special, capabilities }: Composed, live: Live | undefined): Kept {
  const declared = special?.hold.is === "value" ? special.hold.value : 0;
  const set = capabilities?.hold.is === "value" ? capabilities.hold.value : "";
  return {
    special: declared & (live?.mode ?? 0),
    capabilities: live?.capabilities === set ? set : "",
    ...(mode?.hold.is === "value" ? { group: (mode.hold.value >> 3) & 7 } : {}),
  };
}

function idField(
  kind: "user" | "group",
  { owner, group }: Composed,
  live: Live | undefined,
  capacity: Capacity,
): Field | undefined {
  const field = kind === "user" ? owner : group;
  if (field?.hold.is !== "value") return undefined;
  const id = capacity.idOf(kind, field.hold.value);
  if (id === undefined) return undefined;
  if (kind === "user") return { by: field.by, want: { uid: id }, differs: live?.uid !== id };
  return { by: field.by, want: { gid: id }, differs: live?.gid !== id };
}

/**
 * The mode bits that a resource holds. Where special bits are stated they are a field of their own; else they have to be absent.
 * Even an unheld mode must not have setuid and setgid: with them a file runs as another user.
 */
function heldMode({ mode, special }: Composed): { mode?: Mode; mask: Mode } {
  const specialMask = special === undefined ? allSpecialBits : 0;
  if (mode?.hold.is === "value") return { mode: mode.hold.value, mask: 0o777 | specialMask };
  if (mode?.hold.is === "any" && special === undefined) return { mode: 0, mask: setIdBits };
  return { mask: 0 };
}

function modeField(bits: Mode | undefined, mask: Mode, { mode }: Composed, live: Live | undefined): Field | undefined {
  if (!mode || bits === undefined || (live === undefined && mode.hold.is !== "value")) return undefined;
  return { by: mode.by, want: { mode: { bits, mask } }, differs: live === undefined || (live.mode & mask) !== bits };
}

/** With an ACL the mode's group bits are its mask. */
function withMask(mode: Mode, mask: number): Mode {
  return (mode & ~0o070) | (mask << 3);
}

function specialField({ special }: Composed, live: Live | undefined): Field | undefined {
  if (special?.hold.is !== "value") return undefined;
  const mode = { bits: special.hold.value, mask: allSpecialBits };
  const differs = ((live?.mode ?? 0) & allSpecialBits) !== mode.bits;
  return { by: special.by, want: { mode }, differs };
}

function aclField(
  { acl, mode }: Composed,
  live: Live | undefined,
  isDirectory: boolean,
  capacity: Capacity,
): { part: Field; mask?: number } | undefined {
  if (acl?.hold.is !== "value") return undefined;
  const { by, hold } = acl;
  const there = live?.acl ?? [];
  if (hold.value !== "" && !capacity.acl) capacity.missing("acl", by);
  if (!capacity.acl || (hold.value === "" && there.length === 0)) return undefined;
  const base =
    mode?.hold.is === "value" ? mode.hold.value : withMask(live?.mode ?? 0o700, groupBits(there, live?.mode ?? 0o700));
  const { acl: want, mask } = resolveAcl(hold.value, base, isDirectory, capacity.idOf);
  return { part: { by, want: { acl: want }, differs: want.join() !== there.join() }, mask };
}

function capabilitiesField({ capabilities }: Composed, live: Live | undefined, capacity: Capacity): Field | undefined {
  if (capabilities?.hold.is !== "value") return undefined;
  const { by, hold } = capabilities;
  if (hold.value !== "" && !capacity.capabilities) capacity.missing("capabilities", by);
  const there = live?.capabilities ?? "";
  if (!capacity.capabilities || (hold.value === "" && there === "")) return undefined;
  return { by, want: { capabilities: hold.value }, differs: there !== hold.value };
}

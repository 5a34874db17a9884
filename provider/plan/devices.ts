import type { Owner } from "../intent/claim";
import type { DeviceWish, FileClaim } from "../intent/file-claim";
import type { Bytes } from "../model/bytes";
import { formatDevice, isDeviceType } from "../model/device";
import { type Live, type Principals, principalId } from "../model/entry";
import { type Difference, keepNothing, type Wanted } from "./difference";

export function isDevice(claim: FileClaim): claim is FileClaim & { readonly is: DeviceWish } {
  return isDeviceType(claim.is.type);
}

/** A declared device that is not there, leads elsewhere, or is another's: it is made anew, right from the first moment. */
export function deviceDifference(
  claim: FileClaim & { readonly is: DeviceWish },
  live: Live | undefined,
  device: string | undefined,
  { uids, gids }: Principals,
): Difference | undefined {
  const { at: path, by: owner, is, reason } = claim;
  const [uid, gid] = [principalId(is.owner, uids), principalId(is.group, gids)];
  // Of whom the host does not know a refusal tells.
  if (uid === undefined || gid === undefined) return undefined;
  const isSame = live?.type === is.type && device === formatDevice(is);
  if (isSame && live.uid === uid && live.gid === gid && live.mode === is.mode) return undefined;
  const fields: Wanted = { uid, gid, mode: { bits: is.mode, mask: 0o7777 } };
  const difference = { path, owner, live, keep: keepNothing, reason, put: { claim } };
  if (isSame) return { ...difference, want: fields };
  return { ...difference, want: { ...fields, type: is.type }, ...(device === undefined ? {} : { device }) };
}

/** A device that nobody has declared: whoever put it there could do so for any disk. */
export function strayDevice(
  path: Bytes,
  live: Live,
  device: string | undefined,
  owner: Owner | undefined,
): Difference | undefined {
  if (!isDeviceType(live.type) || !owner) return undefined;
  const reason = "a device is in a jail only where one is declared";
  return {
    path,
    owner,
    live,
    want: { type: "absent" },
    keep: keepNothing,
    reason,
    ...(device === undefined ? {} : { device }),
  };
}

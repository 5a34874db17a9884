import type { DeviceWish, FileClaim } from "../../intent/file-claim";
import type { Owner } from "../../intent/owner";
import type { Bytes } from "../../model/bytes";
import { formatDevice, isDeviceType } from "../../model/device";
import { type Live, type Principals, principalId } from "../../model/entry";
import { type Difference, keepNothing, type Wanted } from "../difference";

export function isDevice(claim: FileClaim): claim is FileClaim & { readonly is: DeviceWish } {
  return isDeviceType(claim.is.type);
}

/**
 * A declared device that is missing, has another number or owner, or has an ACL. It is made anew, so that it is right from the
 * first moment.
 */
export function deviceDifference(
  claim: FileClaim & { readonly is: DeviceWish },
  live: Live | undefined,
  device: string | undefined,
  { uids, gids }: Principals,
): Difference | undefined {
  const { at: path, by: owner, is, reason } = claim;
  const [uid, gid] = [principalId(is.owner, uids), principalId(is.group, gids)];
  // Unknown users are refused elsewhere.
  if (uid === undefined || gid === undefined) return undefined;
  const isSame = live?.type === is.type && device === formatDevice(is);
  const acl: Pick<Wanted, "acl"> = live?.acl === undefined ? {} : { acl: [] };
  if (isSame && live.uid === uid && live.gid === gid && live.mode === is.mode && !acl.acl) return undefined;
  const fields: Wanted = { uid, gid, mode: { bits: is.mode, mask: 0o7777 }, ...acl };
  const difference = { path, owner, live, keep: keepNothing, reason, put: { claim } };
  if (isSame) return { ...difference, want: fields };
  return { ...difference, want: { ...fields, type: is.type }, ...(device === undefined ? {} : { device }) };
}

/** An undeclared device: the user who made it could make one for any disk. */
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

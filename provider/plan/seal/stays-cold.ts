import type { Expectation } from "../../intent/expectation";
import { resolveAcl } from "../../model/acl";
import type { Bytes } from "../../model/bytes";
import { principalId } from "../../model/entry";
import { allSpecialBits, isCold, keepsEntry, type Mode } from "../../model/mode";
import type { Observation } from "../../observe/observation";

type Seen = Pick<Observation, "entries" | "principals">;

/** Whether only root may write in a directory once everything is as declared. */
export function staysCold(path: Bytes, expectation: Expectation, seen: Seen): boolean {
  const directory = declaredAt(path, expectation, seen);
  return directory !== undefined && isCold(directory);
}

/** Whether only root can replace an entry of a directory, once everything is as declared. */
export function staysKept(path: Bytes, entry: Bytes, expectation: Expectation, seen: Seen): boolean {
  const directory = declaredAt(path, expectation, seen);
  if (directory === undefined) return false;
  const owners = [declaredAt(entry, expectation, seen)?.uid, seen.entries.get(entry)?.uid ?? 0];
  return keepsEntry(directory, owners.find((uid) => uid !== 0) ?? owners[0]);
}

function declaredAt(path: Bytes, expectation: Expectation, { entries, principals }: Seen) {
  const live = entries.get(path);
  const { owner, mode, special, acl } = expectation.at(path, live?.type ?? "directory") ?? {};
  const uid = owner?.hold.is === "value" ? principalId(owner.hold.value, principals.uids) : live?.uid;
  const bits: Mode | undefined = mode?.hold.is === "value" ? mode.hold.value : live?.mode;
  if (uid === undefined || bits === undefined) return undefined;
  // With an ACL the group bits are its mask: a named user with write permission makes the directory hot.
  const mask = acl?.hold.is === "value" ? resolveAcl(acl.hold.value, bits, true, () => undefined).mask : 0;
  const stated = special?.hold.is === "value" ? special.hold.value : bits & allSpecialBits;
  return { uid, mode: (bits & ~allSpecialBits) | (mask << 3) | stated };
}

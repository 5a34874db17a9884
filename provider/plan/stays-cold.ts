import type { Expectation } from "../intent/expected";
import type { Bytes } from "../model/bytes";
import { principalId } from "../model/entry";
import { isCold, type Mode } from "../model/mode";
import type { Observation } from "../observe/observation";

/** Whether only root may write in a directory once everything is as declared. */
export function staysCold(
  path: Bytes,
  expectation: Expectation,
  { entries, principals }: Pick<Observation, "entries" | "principals">,
): boolean {
  const live = entries.get(path);
  const { owner, mode } = expectation.at(path, "directory") ?? {};
  const uid = owner?.hold.is === "value" ? principalId(owner.hold.value, principals.uids) : live?.uid;
  const bits: Mode | undefined = mode?.hold.is === "value" ? mode.hold.value : live?.mode;
  return uid !== undefined && bits !== undefined && isCold({ uid, mode: bits });
}

import type { Damage, RegistryRecord } from "../intent/declaration";
import type { Bytes } from "../model/bytes";
import type { Live, Principals } from "../model/entry";

/** What one look at a host found out about one jail. A value: nothing in it changes any more. */
export interface Observation {
  /** Every entry below the root and the root itself as `.`, in the order of the scan; empty when the root is absent. */
  readonly entries: ReadonlyMap<Bytes, Live>;
  /** Mount points below the root: they and what is below them are not looked at. */
  readonly mounts: readonly Bytes[];
  readonly principals: Principals;
  readonly records: readonly RegistryRecord[];
  /** Files of the registry that are no records, and records that do not count here. */
  readonly damaged: readonly Damage[];
  /** `/etc/machine-id`; empty where the host has none. */
  readonly machineId: string;
  /** What this host cannot check, and why. */
  readonly gaps: readonly string[];
}

export function rootOf(observation: Observation): Live | undefined {
  return observation.entries.get("." as Bytes);
}

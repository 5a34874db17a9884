import { groupBy } from "../model/group-by";
import type { StackState, StatedResource } from "./stack-state";
import { addressOf } from "./stated";

/** A host as one stack declares jails on it. */
export interface HostUnit {
  /** The host's name in its fleet where the state tells that, else its address. No other host of the stack has it. */
  readonly name: string;
  /** The host as the connections name it, with a port that is not 22. */
  readonly address: string;
  /** `project/stack`. */
  readonly stack: string;
  readonly resources: readonly StatedResource[];
}

/** The hosts of a stack by name: its state has them in the order in which an `up` was done with them. */
export function hostUnitsOf({ name: stack, resources, unit }: StackState): HostUnit[] {
  const byAddress = groupBy(resources, addressOf);
  // A unit that is a group of hosts has their names in its program alone.
  const single = byAddress.size === 1 ? unit : undefined;
  const hosts = [...byAddress].map(([address, of]) => {
    const [name = single, ...others] = new Set(of.flatMap(({ fleetHost = [] }) => fleetHost));
    return { address, resources: of, name: others.length > 0 ? address : (name ?? address) };
  });
  const counts = new Map<string, number>();
  for (const { name, address } of hosts)
    for (const word of new Set([name, address])) counts.set(word, (counts.get(word) ?? 0) + 1);
  const units = hosts.map((host) => ({ ...host, stack, name: counts.get(host.name) === 1 ? host.name : host.address }));
  return units.sort(({ name: one }, { name: other }) => (one < other ? -1 : 1));
}

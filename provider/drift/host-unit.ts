import type { StackState, StatedResource } from "./stack-state";
import { hostNameOf } from "./stated";

/** A host as one stack declares jails on it. */
export interface HostUnit {
  /** The host as the connections name it, with a port that is not 22. */
  readonly name: string;
  /** `project/stack`. */
  readonly stack: string;
  readonly resources: readonly StatedResource[];
}

/** The hosts of a stack by name: its state has them in the order in which an `up` was done with them. */
export function unitsOf({ name: stack, resources }: StackState): HostUnit[] {
  const units = new Map<string, StatedResource[]>();
  for (const resource of resources) {
    const name = hostNameOf(resource);
    units.set(name, [...(units.get(name) ?? []), resource]);
  }
  const byName = [...units].sort(([one], [other]) => (one < other ? -1 : 1));
  return byName.map(([name, of]) => ({ name, stack, resources: of }));
}

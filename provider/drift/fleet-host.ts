import type { Values } from "../model/values";

/** Names the host of a resource as its JailFleet does, by the components above it in a state; undefined outside of a fleet. */
export function fleetHosts(resources: readonly Values[]): (urn: string) => string | undefined {
  const parents = new Map(resources.map(({ urn, parent }) => [String(urn), String(parent ?? "")] as const));
  return (urn) => {
    for (let at = parents.get(urn); at; at = parents.get(at))
      // The name of this component begins with that of its fleet, and a hyphen.
      if (typesOf(at).endsWith("chroot:index:FleetHost"))
        return nameOf(at).slice(nameOf(parents.get(at) ?? "").length + 1);
    return undefined;
  };
}

function typesOf(urn: string): string {
  return urn.split("::")[2] ?? "";
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

import * as pulumi from "@pulumi/pulumi";
import type { Constructed } from "../turn";
import { constructedIn } from "../turn";
import type { Declared, DeclaredHost, DeclaredOptions, JailFleetArgs } from "./args";

/** A host of a fleet with the resources that `declare` constructed for it. */
export interface FleetMember {
  readonly host: DeclaredHost;
  /** Resources of this package, resources below the host, and the returned ones. */
  readonly resources: ReadonlySet<pulumi.Resource>;
  /** The result of `declare`, where it is an Output. */
  readonly returned?: pulumi.Output<unknown>;
}

/** Has the program declare a host. */
export function declareHost(
  declare: JailFleetArgs["declare"],
  host: DeclaredHost,
  options: DeclaredOptions,
  fail: (why: string) => Error,
): FleetMember {
  const { result, constructed } = constructedIn(() => declare(host, options));
  for (const one of constructed) {
    const mistake = optionsMistake(one, options, constructed);
    if (mistake !== undefined) throw fail(`declare(${host.name}): ${one.subject} ${mistake}`);
  }
  const isOutput = pulumi.Output.isInstance(result);
  const given = isOutput ? [] : returnedResources(result, (why) => fail(`declare(${host.name}): ${why}`));
  const made = constructed.flatMap(({ made: { resource } }) => (resource ? [resource] : []));
  const resources = new Set([...made, ...below(options.parent), ...given]);
  return { host, resources, ...(isOutput ? { returned: result } : {}) };
}

/** A resource without the fleet's options would not wait for the wave before, and nobody would notice. */
function optionsMistake(
  { options: { parent, dependsOn }, jail }: Constructed,
  given: DeclaredOptions,
  all: readonly Constructed[],
): string | undefined {
  // A resource comes after its Jail, which waits.
  if (jail && all.some(({ made }) => made.resource === jail)) return undefined;
  const isBelow = parent !== undefined && ancestorsOf(parent).includes(given.parent);
  const list = Array.isArray(dependsOn) ? dependsOn : undefined;
  const waits = list ? given.dependsOn.every((one) => list.includes(one)) : dependsOn !== undefined;
  if (isBelow && waits) return undefined;
  return "has not got the options of declare: pass them as its last argument, else it does not wait for the wave before";
}

function ancestorsOf(resource: pulumi.Resource): pulumi.Resource[] {
  const above = (resource as { readonly __parentResource?: pulumi.Resource }).__parentResource;
  return [resource, ...(above ? ancestorsOf(above) : [])];
}

/** The custom resources below a component, as far as they are constructed. */
function below(resource: pulumi.Resource): pulumi.Resource[] {
  const children = [...((resource as { readonly __childResources?: Set<pulumi.Resource> }).__childResources ?? [])];
  return children.flatMap((child) => [...(pulumi.CustomResource.isInstance(child) ? [child] : []), ...below(child)]);
}

/** The resources that a function of the program returned. */
export function returnedResources(result: Declared, fail: (why: string) => Error): pulumi.Resource[] {
  if (result === undefined) return [];
  const all: unknown[] = [result].flat();
  for (const one of all) {
    if (one instanceof Promise)
      throw fail("it returned a Promise: declare is no async function, as waves are planned at once");
    if (!pulumi.Resource.isInstance(one)) throw fail("it returned something that is no resource and no Output");
  }
  return all.flatMap((one) => [one as pulumi.Resource, ...below(one as pulumi.Resource)]);
}

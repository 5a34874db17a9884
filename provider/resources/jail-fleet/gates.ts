import * as pulumi from "@pulumi/pulumi";
import { gateName } from "../../fleet/gate-name";
import { Gate } from "../gate/resource";
import { insideOf, Jail } from "../jail/resource";
import { withSecretKeys } from "../secret-inputs";
import type { GatedWave, GateFunction } from "./args";
import { changesOf } from "./changes";
import { type FleetMember, returnedResources } from "./member";
import type { HostWave } from "./plan";

/** A wave whose hosts are declared. */
export interface DeclaredWave extends HostWave {
  readonly members: readonly FleetMember[];
}

interface Fleet {
  readonly name: string;
  readonly component: pulumi.Resource;
  readonly fail: (why: string) => Error;
}

/**
 * Constructs the gates of a wave, one after the other, and gives all of them. A wave without gates ends with one that checks
 * nothing: else each resource of the next wave would depend on each of this one.
 */
export function makeGates({ name, component, fail }: Fleet, wave: DeclaredWave): pulumi.Resource[] {
  const { digest, last } = changesOf(wave.members);
  const turn = {
    preview: pulumi.runtime.isDryRun(),
    fleet: name,
    hosts: Object.fromEntries(
      wave.hosts.map(({ name: host, connection }) => [host, withSecretKeys(connection as pulumi.Inputs)]),
    ),
    jails: wave.members.flatMap(jailsOf),
    since: last,
    laterWaves: wave.laterWaves ?? "",
  };
  const made: pulumi.Resource[] = [];
  const options = () => ({
    parent: component,
    dependsOn: [...wave.members.flatMap(({ resources }) => [...resources]), ...made.slice(-1)],
  });
  const gates: HostWave["gates"][number][] = [...wave.gates];
  if (gates.length === 0)
    made.push(
      new Gate(`${name}-${wave.name}`, { wave: wave.name, check: undefined, changes: digest, turn }, options()),
    );
  for (const gate of gates) {
    if (typeof gate === "function") {
      const own: GatedWave = { name: wave.name, hosts: wave.hosts, changes: digest, options: options() };
      made.push(...resourcesOf(gate, own, fail));
    } else {
      const label = `${name}-${wave.name}-${gateName(gate)}`;
      made.push(new Gate(label, { wave: wave.name, check: gate, changes: digest, turn }, options()));
    }
  }
  return made;
}

function resourcesOf(gate: GateFunction, wave: GatedWave, fail: (why: string) => Error): pulumi.Resource[] {
  const failHere = (why: string) => fail(`the gate function of wave ${wave.name}: ${why}`);
  const resources = returnedResources(gate(wave), failHere);
  if (resources.length === 0) throw failHere("it returned no resource: the next wave would not wait for anything");
  return resources;
}

function jailsOf({ host, resources }: FleetMember): pulumi.Inputs[] {
  return [...resources].flatMap((resource) => {
    if (!(resource instanceof Jail)) return [];
    const { connection, root } = insideOf(resource);
    return [{ host: host.name, connection: withSecretKeys(connection), root }];
  });
}

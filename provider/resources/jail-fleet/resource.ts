import * as pulumi from "@pulumi/pulumi";
import { printable } from "../../model/bytes";
import type { FleetHostState, JailFleetArgs } from "./args";
import { FleetHost } from "./fleet-host";
import { type DeclaredWave, makeGates } from "./gates";
import { declareHost } from "./member";
import { planHosts } from "./plan";
import { statesOf } from "./states";
import { stateTable } from "./table";

/**
 * Jails on many hosts that change in waves: a wave starts when the hosts of the wave before it are done and its gates are open. A
 * failed host or a closed gate leaves the later waves as they are, and the error says which they are.
 *
 * A preview looks at all hosts at once. It runs no gate.
 */
export class JailFleet extends pulumi.ComponentResource {
  /**
   * The state of each host at the end of a preview or an `up`, by name. `refused`, `not checked` and `drifted` come from
   * previews: an `up` repairs a host, or fails on it. `failed` and `waiting` (its wave has not started) are there after an `up`
   * with `--continue-on-error`: any other `up` ends with its first failure.
   */
  readonly hosts: pulumi.Output<Record<string, FleetHostState>>;

  constructor(name: string, args: JailFleetArgs, options?: pulumi.ComponentResourceOptions) {
    const planned = planHosts(name, args);
    super("chroot:index:JailFleet", name, {}, options);
    const fail = (why: string) => new Error(printable(`JailFleet ${name}: ${why}`));
    // A preview changes nothing, so nothing has to wait; and all hosts are looked at together.
    const isDryRun = pulumi.runtime.isDryRun();
    let dependsOn: pulumi.Resource[] = [];
    const waves: (DeclaredWave & { readonly ended: readonly pulumi.Resource[] })[] = [];
    for (const [index, wave] of planned.entries()) {
      const members = wave.hosts.map((host) => {
        const parent = new FleetHost(`${name}-${host.name}`, this, wave.laterWaves);
        return declareHost(args.declare, host, { parent, dependsOn }, fail);
      });
      const declared = { ...wave, members };
      const isLast = index === planned.length - 1 && wave.gates.length === 0;
      const ended = isLast ? [] : makeGates({ name, component: this, fail }, declared);
      waves.push({ ...declared, ended });
      if (!isDryRun) dependsOn = ended;
    }
    const states = statesOf(waves);
    this.hosts = pulumi.output(states);
    void states.then((found) => pulumi.log.info(stateTable(found), this));
    this.registerOutputs(this.results);
  }

  /** The outputs by name. */
  get results(): pulumi.Inputs {
    return { hosts: this.hosts };
  }
}

import type { PlainConnection } from "./connection";
import type { GateDeclaration } from "./gate";
import type { FleetHost, FleetHosts } from "./host";
import type { Labels } from "./labels";
import type { RolloutDeclaration } from "./plan";
import type { Share } from "./share";
import type { WaveDeclaration } from "./waves";

/** Hosts that are one unit of a rollout, and share a stack. */
export interface HostGroup {
  /**
   * The hosts by their names.
   * @refused a group without a host
   * @example hosts: { ams1: { host: "ams1.example.com" }, ams2: { host: "ams2.example.com" } }
   */
  readonly hosts: FleetHosts;
  /**
   * Labels of the group, by which waves choose it; those of its hosts do not count.
   * @defaultValue none
   * @example labels: { site: "ams" }
   */
  readonly labels?: Labels;
}

/** A unit of a rollout, as {@link Fleet.declare} gets it. */
export interface FleetUnit {
  /** Its name in {@link Fleet.units}. */
  readonly name: string;
  /** Its labels; `{}` where it has none. */
  readonly labels: Labels;
  /** The way to its host; to the first one of a group. */
  readonly connection: PlainConnection;
  /** The ways to all its hosts, by their names; a unit that is one host has it under the unit's own name. */
  readonly hosts: Readonly<Record<string, PlainConnection>>;
}

/** A wave of a fleet's rollout. */
export interface RolloutWave extends WaveDeclaration {
  /**
   * Checks that have to pass after the wave and before the next one, after the fleet's own.
   * @defaultValue none
   * @refused two gates of one name
   * @example gates: [{ dns: { name: "example.com" } }]
   */
  readonly gates?: readonly GateDeclaration[];
  /**
   * Whether somebody has to approve the wave before it starts.
   * @defaultValue `false`; the fleet's `approvals` makes it `true` for every wave but the first
   * @example needsApproval: true
   */
  readonly needsApproval?: boolean;
}

/**
 * A fleet, the argument of `defineFleet()` and `rollout()`: its units, the declaration of each, and the way in which a rollout
 * reaches them.
 */
export interface Fleet {
  /**
   * The name of the fleet and of its Pulumi project.
   * @refused other characters than letters, digits, `-`, `_` and `.`, and more than 100
   * @example name: "zones"
   */
  readonly name: string;
  /**
   * The units by their names: hosts, or groups of hosts. A unit is a stack, so a host never moves to another stack because the
   * waves change.
   * @refused no unit at all, and two units whose stacks would have the same name
   * @example units: { ns1: { host: "ns1.example.com", labels: { site: "ams" } } }
   */
  readonly units: Readonly<Record<string, FleetHost | HostGroup>>;
  /**
   * The Pulumi program of one unit: it constructs the unit's resources, and may return outputs. It runs in this process, once for
   * the preview and once more for `up`, beside the programs of other units.
   * @example declare: ({ name, connection }) => new chroot.Jail(name, { connection, ...jail })
   */
  readonly declare: (unit: FleetUnit) => unknown;
  /**
   * The waves in their order. Each unit is in the first wave that wants it and has room; the last wave takes the rest.
   * @defaultValue one wave of all units
   * @refused an empty list, a unit that no wave takes, two waves of one name, and a canary wave after one that is none
   * @example waves: [{ name: "canary", size: 1, canary: true }, { name: "rest" }]
   */
  readonly waves?: readonly RolloutWave[];
  /**
   * Failures that the rollout tolerates, over all waves; after one more no unit starts. A percentage rounds down.
   * @unit units
   * @defaultValue 0
   * @example maxFailures: "1%"
   */
  readonly maxFailures?: Share;
  /**
   * The same for units that cannot be reached, which are no failures but in a canary wave.
   * @unit units
   * @defaultValue any number
   * @example maxUnreachable: "5%"
   */
  readonly maxUnreachable?: Share;
  /**
   * Units in flight at once.
   * @defaultValue twice the number of processors, and no more than the free memory has room for, at 200 MB a unit
   * @refused a number below 1
   * @example width: 8
   */
  readonly width?: number;
  /**
   * Checks after every wave, before the wave's own.
   * @defaultValue none
   * @example gates: [{ tcp: { port: 53 } }]
   */
  readonly gates?: readonly GateDeclaration[];
  /**
   * Whether every wave but the first needs an approval.
   * @defaultValue `false`
   * @example approvals: true
   */
  readonly approvals?: boolean;
  /**
   * The URL of Pulumi's backend for the states.
   * @defaultValue the one that `pulumi login` has chosen, or `PULUMI_BACKEND_URL`
   * @example backend: "s3://states-of-the-zones"
   */
  readonly backend?: string;
  /**
   * Pulumi's secrets provider for new stacks.
   * @defaultValue Pulumi's own for the backend
   * @example secretsProvider: "awskms://alias/zones"
   */
  readonly secretsProvider?: string;
}

/** Makes a fleet: it returns its argument, and gives it its type. `rollout()` checks the values before anything starts. */
export function defineFleet(fleet: Fleet): Fleet {
  return fleet;
}

function isGroup(unit: FleetHost | HostGroup): unit is HostGroup {
  return "hosts" in unit;
}

/** The hosts of a unit by their names. */
export function hostsOf(name: string, unit: FleetHost | HostGroup): FleetHosts {
  return isGroup(unit) ? unit.hosts : { [name]: unit };
}

/** The units of a fleet as {@link Fleet.declare} gets them, in their order. */
export function unitsOfFleet({ units }: Fleet): ReadonlyMap<string, FleetUnit> {
  return new Map(
    Object.entries(units).flatMap(([name, unit]) => {
      const hosts = Object.fromEntries(
        Object.entries(hostsOf(name, unit)).map(([host, { labels: _, ...connection }]) => [host, connection]),
      );
      const [connection] = Object.values(hosts);
      return connection ? [[name, { name, labels: unit.labels ?? {}, connection, hosts }] as const] : [];
    }),
  );
}

/** The gates of a wave in their order, those of the whole fleet first. */
export function gatesOf({ gates = [], waves = [] }: Fleet, wave: string): readonly GateDeclaration[] {
  return [...gates, ...(waves.find(({ name }) => name === wave)?.gates ?? [])];
}

/** The declaration of a fleet's rollout. A preview changes nothing, so it has no gate, no approval, and no budget that stops it. */
export function declarationOf(
  fleet: Fleet,
  mode: "up" | "preview",
  width: number,
  nameOf: (gate: GateDeclaration) => string,
): RolloutDeclaration {
  const { waves = [{ name: "all" }] as readonly RolloutWave[], maxFailures, maxUnreachable, approvals = false } = fleet;
  if (mode === "preview") {
    const free = { maxFailures: "100%", gates: [], needsApproval: false } as const;
    return { mode, width, maxFailures: "100%", waves: waves.map((wave) => ({ ...wave, ...free })) };
  }
  return {
    mode,
    width,
    ...(maxFailures === undefined ? {} : { maxFailures }),
    ...(maxUnreachable === undefined ? {} : { maxUnreachable }),
    waves: waves.map((wave, index) => ({
      ...wave,
      gates: gatesOf(fleet, wave.name).map(nameOf),
      needsApproval: wave.needsApproval ?? (approvals && index > 0),
    })),
  };
}

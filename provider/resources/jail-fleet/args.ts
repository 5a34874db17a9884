import type * as pulumi from "@pulumi/pulumi";
import type { GateDeclaration } from "../../fleet/gate";
import type { Labels } from "../../fleet/labels";
import type { WaveDeclaration } from "../../fleet/waves";
import type { Connection } from "../arguments";

/** The arguments of a {@link JailFleet}. */
export interface JailFleetArgs {
  /**
   * The hosts by their names: each is the connection to it, with labels by which waves choose. The names are part of the URNs of
   * a host's resources. An empty object is a fleet without hosts, which does nothing. Fields of a connection may be Outputs.
   * @refused an Output or a Promise of the whole object: waves are planned before anything starts
   * @example hosts: { ns1: { host: "ns1.example.com", labels: { site: "ams" } } }
   */
  readonly hosts: Readonly<Record<string, FleetConnection>>;
  /**
   * The waves in their order. Each host is in the first wave that wants it and has room; the last wave takes the rest. A host
   * may change its wave: its resources stay as they are.
   * @refused an empty list, a host that no wave takes, two waves of one name, a canary wave after one that is none, and a label
   * that no host has
   * @example waves: [{ name: "canary", size: 1, canary: true }, { name: "rest" }]
   */
  readonly waves: readonly FleetWave[];
  /**
   * Constructs the resources of one host, and passes them `options`. It is called once for each host, in the order of the waves,
   * before any of them starts. Returned resources and Outputs count as the host's, too: if one changes, the gates of the wave
   * run again.
   * @refused an async function, and a resource of this package that gets no `options` and comes after no Jail that has got them
   * @example declare: ({ name, connection }, options) => new chroot.Jail(name, { connection, ...jail }, options)
   */
  readonly declare: (host: DeclaredHost, options: DeclaredOptions) => Declared;
}

/** The connection to a host of a fleet, with its labels. */
export type FleetConnection = Connection & {
  /**
   * Labels by their names. One with several values fits a wave that wants one of them.
   * @defaultValue none
   * @example labels: { site: "ams", groups: ["dns", "edge"] }
   */
  readonly labels?: Labels;
};

/** A wave of a {@link JailFleet}. It starts when all hosts of the wave before it are done, and the gates of that wave are open. */
export interface FleetWave extends Omit<WaveDeclaration, "maxFailures"> {
  /**
   * The wave's checks, one after the other. A gate runs again whenever its wave has changed, and never in a preview or a destroy.
   * A function constructs resources whose creation or update is the check.
   * @defaultValue none
   * @refused two gates of one name, and a function that returns no resource
   * @example gates: [{ dns: { name: "example.com" } }, { command: "named-checkconf -t /chroot/named" }]
   */
  readonly gates?: readonly (GateDeclaration | GateFunction)[];
}

/** Constructs resources whose creation or update is the check of a wave. It is called in previews, too. */
export type GateFunction = (wave: GatedWave) => pulumi.Resource | readonly pulumi.Resource[];

/** The wave of a {@link GateFunction}. */
export interface GatedWave {
  /** The name of the wave. */
  readonly name: string;
  /** The hosts of the wave, in the order of the fleet. */
  readonly hosts: readonly DeclaredHost[];
  /**
   * Differs whenever something in the wave has changed.
   * @example triggers: [wave.changes]
   */
  readonly changes: pulumi.Output<string>;
  /** To be passed to the resources. */
  readonly options: DeclaredOptions;
}

/** A host as `declare` gets it. */
export interface DeclaredHost {
  /** Its name in the fleet. */
  readonly name: string;
  /** The connection to it, without the labels. */
  readonly connection: Connection;
  /** Its labels; `{}` where it has none. */
  readonly labels: Labels;
  /** The name of its wave. A resource's name must not contain it: the resource would be replaced when the host changes its wave. */
  readonly wave: string;
}

/** Options for the resources of a host or of a gate: they belong to the fleet, and wait for the wave before. */
export interface DeclaredOptions {
  /** A component of the fleet: that of the host, or for a gate the fleet itself. */
  readonly parent: pulumi.Resource;
  /** The gates of the wave before; for a gate the wave's resources and the gate before it. Empty in a preview, in which nothing waits. */
  readonly dependsOn: pulumi.Resource[];
}

/** The result of `declare`. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement is as good.
export type Declared = pulumi.Resource | readonly pulumi.Resource[] | pulumi.Output<unknown> | undefined | void;

/** The state of a host at the end of a preview or an `up`, worst first. */
export const hostStates = ["failed", "refused", "not checked", "drifted", "waiting", "in sync"] as const;
export type FleetHostState = (typeof hostStates)[number];

import type { PlainConnection } from "./connection";
import type { Labels } from "./labels";

/** A host of a fleet: the way to it, and labels by which waves choose their hosts. */
export type FleetHost = PlainConnection & {
  /**
   * Labels by their names. One with several values fits a wave that wants one of them.
   * @defaultValue none
   * @example labels: { site: "ams", groups: ["dns", "edge"] }
   */
  readonly labels?: Labels;
};

/** The hosts of a fleet by their names in it: `{ ns1: { host: "ns1.example.com", labels: { site: "ams" } } }`. */
export type FleetHosts = Readonly<Record<string, FleetHost>>;

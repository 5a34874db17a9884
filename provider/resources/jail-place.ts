import type * as pulumi from "@pulumi/pulumi";
import type { Connection } from "./arguments";

/** A jail on a host, as plain values. */
export interface JailPlace {
  /** How to reach the host over SSH. */
  readonly connection: pulumi.Unwrap<Connection>;
  /** Root of the jail. */
  readonly root: string;
}

import type { Connection } from "../../model/connection";

/** The inputs of a gate that check() drops: the state of a gate has no connection, and so no key. */
export interface GateTurn {
  readonly preview: boolean;
  /** The name of its fleet. */
  readonly fleet: string;
  /** The hosts of its wave by their names. */
  readonly hosts: Readonly<Record<string, Connection>>;
  /** The jails of its wave. */
  readonly jails: readonly { readonly host: string; readonly connection: Connection; readonly root: string }[];
  /** When the wave was changed last: ISO 8601, UTC; empty where that is not known. */
  readonly since: string;
  /** The sentence about the waves that do not start while the gate is closed; empty for the last wave. */
  readonly laterWaves: string;
}

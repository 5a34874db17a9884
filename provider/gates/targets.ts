import type { GateDeclaration } from "../fleet/gate";
import type { Connection } from "../model/connection";
import type { HostConnections } from "../ssh/connections";
import { dnsTarget } from "./dns";
import { targetsAt } from "./host-address";
import { httpTarget } from "./http";
import { commandTarget, unitTarget } from "./remote";
import type { Target } from "./target";
import { tcpTarget } from "./tcp";

/** A gate that asks until it passes. */
export type AskingGate = Exclude<GateDeclaration, { readonly soak: number }>;

/** The hosts of a wave, and the ways to ask about them. */
export interface Asked {
  readonly hosts: ReadonlyMap<string, Connection>;
  /** For checks over SSH. */
  readonly connections: HostConnections;
  /** Previews the wave's jails. */
  readonly noDrift?: () => Promise<{ readonly isOpen: boolean; readonly why?: string }>;
}

/** The servers that have to pass a gate: each host of the wave, or one server of the gate's own. */
export function targetsOf(gate: AskingGate, { hosts, connections, noDrift }: Asked): Target[] {
  const each = (make: (connection: Connection) => Target) =>
    [...hosts].map(([host, connection]) => ({ ...make(connection), host }));
  if ("tcp" in gate) {
    const { host, port } = gate.tcp;
    return host === undefined ? targetsAt(hosts, (address) => tcpTarget(address, port)) : [tcpTarget(host, port)];
  }
  if ("dns" in gate) {
    const { dns } = gate;
    return dns.server === undefined
      ? targetsAt(hosts, (address) => dnsTarget(address, dns))
      : [dnsTarget(dns.server, dns)];
  }
  if ("http" in gate) {
    const { http } = gate;
    return http.url.includes("{host}") ? targetsAt(hosts, (address) => httpTarget(http, address)) : [httpTarget(http)];
  }
  if ("unit" in gate) return each((connection) => unitTarget(connections, connection, gate.unit));
  if ("command" in gate) return each((connection) => commandTarget(connections, connection, gate.command));
  if (!noDrift) throw new Error("a gate on drift needs a preview");
  return [{ probe: () => driftIn(noDrift) }];
}

async function driftIn(preview: NonNullable<Asked["noDrift"]>): ReturnType<Target["probe"]> {
  const { isOpen, why = "there is drift" } = await preview();
  return isOpen ? undefined : { why };
}

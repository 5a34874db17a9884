import { mistakeText } from "../../fleet/texts";
import { planWaves } from "../../fleet/waves";
import type { DeclaredHost, FleetConnection, FleetWave, JailFleetArgs } from "./args";
import { expectFleet } from "./mistakes";

/** A wave of a fleet with its hosts. A wave without hosts is left out. */
export interface HostWave {
  readonly name: string;
  readonly hosts: readonly DeclaredHost[];
  readonly gates: NonNullable<FleetWave["gates"]>;
  /** The sentence about the waves that do not start if this one fails; undefined for the last wave. */
  readonly laterWaves: string | undefined;
}

/** Divides a fleet into its waves; throws at the first mistake in the arguments, before anything is constructed. */
export function planHosts(name: string, args: JailFleetArgs): HostWave[] {
  const fail = expectFleet(name, args);
  const { hosts, waves } = args;
  const units = Object.entries(hosts).map(([host, { labels = {} }]) => ({ name: host, labels }));
  const planned = planWaves(units, waves);
  if ("mistake" in planned) throw fail(mistakeText(planned));
  const used = planned.waves.filter(({ units: taken }) => taken.length > 0);
  return used.map((wave, index) => ({
    name: wave.name,
    hosts: wave.units.map((host) => hostOf(host, hosts[host], wave.name)),
    gates: waves.find((one) => one.name === wave.name)?.gates ?? [],
    laterWaves: laterText(
      name,
      wave.name,
      used.slice(index + 1).map((later) => ({ name: later.name, hosts: later.units })),
    ),
  }));
}

function hostOf(name: string, of: FleetConnection | undefined, wave: string): DeclaredHost {
  const { labels = {}, ...connection } = of ?? ({} as FleetConnection);
  return { name, connection, labels, wave };
}

function laterText(
  fleet: string,
  wave: string,
  later: readonly { readonly name: string; readonly hosts: readonly string[] }[],
): string | undefined {
  if (later.length === 0) return undefined;
  const waves = later.slice(0, 3).map((one) => `${one.name} (${namesText(one.hosts)})`);
  const rest = later.slice(3).flatMap(({ hosts }) => hosts);
  const all = [...waves, ...(rest.length > 0 ? [`${later.length - 3} more (${namesText(rest)})`] : [])].join(", ");
  return `JailFleet ${fleet}: wave ${wave} is not done, so nothing is changed in the later ${later.length === 1 ? "wave" : "waves"} ${all}`;
}

/** Three names, or how many there are. */
function namesText(names: readonly string[]): string {
  return names.length <= 3 ? names.join(", ") : `${names.length} hosts`;
}

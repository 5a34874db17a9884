import type * as pulumi from "@pulumi/pulumi";
import { printable } from "../model/bytes";
import { isMap } from "../model/values";
import { JailBundle, type JailBundleArgs } from "../resources/jail-bundle/resource";
import type { JailFleetArgs } from "../resources/jail-fleet/args";
import { JailFleet } from "../resources/jail-fleet/resource";

/** The arguments of a JailFleet in a language whose programs cannot give the plugin a function: `jails` takes the place of `declare`. */
export interface FleetOfJailsArgs extends Omit<JailFleetArgs, "declare"> {
  /**
   * The jails of each host by name. Each is a `JailBundle` without its connection, which is the host's.
   * @refused an empty map
   */
  readonly jails: Readonly<Record<string, Omit<JailBundleArgs, "connection">>>;
}

const argumentNames = ["hosts", "waves", "jails"];

/** Makes a fleet whose hosts have the same jails. */
export function makeFleetOfJails(
  name: string,
  args: FleetOfJailsArgs,
  options: pulumi.ComponentResourceOptions,
): JailFleet {
  const mistake = mistakeIn(args);
  if (mistake !== undefined) throw new Error(printable(`JailFleet ${name}: ${mistake}`));
  const { jails, ...fleet } = args;
  const declare: JailFleetArgs["declare"] = ({ name: host, connection }, hostOptions) => {
    for (const [key, jail] of Object.entries(jails))
      new JailBundle(`${name}-${host}-${key}`, { ...jail, connection }, hostOptions);
  };
  return new JailFleet(name, { ...fleet, declare }, options);
}

function mistakeIn({ jails, ...more }: FleetOfJailsArgs): string | undefined {
  const [unknown] = Object.keys(more).filter((key) => !argumentNames.includes(key));
  if (unknown !== undefined) return `${unknown} is not known here; known: ${argumentNames.join(", ")}`;
  if (!isMap(jails) || Object.keys(jails).length === 0) return "jails is no map of names to jails, or is empty";
  for (const [key, jail] of Object.entries(jails)) {
    if (!isMap(jail)) return `jails.${key} is no map: give the arguments of a JailBundle`;
    if ("connection" in jail) return `jails.${key} has a connection: remove it, as each host of the fleet has its own`;
  }
  return undefined;
}

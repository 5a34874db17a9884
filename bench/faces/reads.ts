import { doors } from "../../test/support/doors";
import { startStack } from "../../test/support/stack";
import { giveKeys, jailsOf, startHosts } from "../many-hosts";
import { atMost, row, succeed } from "../measure";

/** Counts the logins and the scans of a preview over the plugin, where the engine reads each resource before its check. */
export async function countReads(jails: number): Promise<void> {
  const hosts = await startHosts(jails, 50, { countScans: true });
  const stack = await startStack({ project: "reads", commandLimit: 1_800_000 });
  Object.assign(stack.env, { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" });
  try {
    giveKeys(hosts, stack);
    const plugin = doors.find(({ name }) => name === "plugin");
    plugin?.declare(stack, { jails: jailsOf(hosts) });
    await succeed(stack.up("--parallel", "64"));
    hosts.host.resetCounts();
    await succeed(stack.preview("--expect-no-changes"));
    console.log(`${jails} jails in one stack over the plugin, each on an address of its own; an unchanged preview`);
    const each = (count: number) => `${(count / jails).toFixed(2)} a jail`;
    const [logins, scans] = [hosts.host.connections(), hosts.host.scans()];
    row("logins", `${logins} lines`, each(logins), atMost(logins / jails, 1));
    row("scans", `${scans} lines`, each(scans), atMost(scans / jails, 1));
  } finally {
    stack.remove();
    await hosts.host.close();
  }
}

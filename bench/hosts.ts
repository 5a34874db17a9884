import { parseArgs } from "node:util";
import { enter } from "../provider/agent/requests/enter";
import { closeAll, withAgent } from "../test/support/connections";
import { startStack } from "../test/support/stack";
import { findAll, giveKeys, jailsOf, previewTime, rootOf, ssh, startHosts, width } from "./many-hosts";
import { atMost, inTurn, ms, row, succeed } from "./measure";

/** `npm run bench:hosts [-- --hosts N --rounds N]`: compares a connection, and a preview of a jail on each of N hosts, with ssh. */
const { values } = parseArgs({
  options: { hosts: { type: "string", default: "100" }, rounds: { type: "string", default: "5" } },
});
const count = Number(values.hosts);
const rounds = Number(values.rounds);
const entries = 103;

async function main(): Promise<void> {
  const hosts = await startHosts(count, entries);
  const { host } = hosts;
  try {
    const stack = await startStack({ project: "hosts" });
    const empty = await startStack({ project: "empty" });
    try {
      giveKeys(hosts, stack);
      stack.program((chroot, jails) => {
        for (const [name, args] of Object.entries(jails)) new chroot.Jail(name, args as never);
      }, jailsOf(hosts));
      empty.program(() => undefined);
      for (const each of [stack, empty]) await succeed(each.up("--parallel", "64"));
      const times = await inTurn(
        {
          ssh: () => ssh(hosts, "127.0.0.1", "true"),
          async reply() {
            const started = performance.now();
            await withAgent({ connection: host.connection, root: rootOf(0) }, (agent) => enter(agent));
            const milliseconds = performance.now() - started;
            await closeAll();
            return milliseconds;
          },
          finds: () => findAll(hosts),
          empty: () => previewTime(empty),
          preview: () => previewTime(stack),
        },
        rounds,
      );
      console.log(
        `\n${count} hosts, a jail of ${entries} entries on each; nothing differs; medians of ${rounds} runs in turn`,
      );
      row("a  ssh host true", ms(times.ssh));
      const reply = times.reply / times.ssh;
      row("b  connect and the agent's first reply", ms(times.reply), `${reply.toFixed(2)} a`, atMost(reply, 1));
      row(`c  ssh host find, ${width} at once`, ms(times.finds));
      row("   pulumi preview of an empty program", ms(times.empty));
      const ratio = times.preview / times.finds;
      row("d  pulumi preview of all jails", ms(times.preview), `${ratio.toFixed(2)} c`, atMost(ratio, 1.3));
    } finally {
      stack.remove();
      empty.remove();
    }
  } finally {
    await host.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

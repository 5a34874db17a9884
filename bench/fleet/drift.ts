import { closeAll } from "../../test/support/connections";
import { findAll, startHosts, width } from "../many-hosts";
import { atMost, childTime, inTurn, median, ms, row } from "../measure";
import { writeState } from "./declared";
import { type Look, lookAt } from "./look";
import type { PartOptions } from "./parts";

/** Compares a look for drift on hosts behind a real sshd, 50 entries each, with ssh and find. */
export async function drift({ size = 1000, rounds = 3 }: PartOptions): Promise<void> {
  const hosts = await startHosts(size, 50);
  const { host } = hosts;
  try {
    const state = await writeState(hosts);
    const looks: Look[] = [];
    const finds: number[] = [];
    const times = await inTurn(
      {
        async finds() {
          const before = childTime();
          const milliseconds = await findAll(hosts);
          finds.push(childTime() - before);
          return milliseconds;
        },
        async look() {
          const look = await lookAt("state-look", [state, String(width)]);
          if (look.outcomes["in-sync"] !== size) throw new Error(`not all in sync: ${JSON.stringify(look)}`);
          looks.push(look);
          return look.milliseconds;
        },
      },
      rounds,
    );
    const of = (pick: (look: Look) => number) => median(looks.map(pick));
    console.log(`\n${size} hosts, a jail of 50 entries on each; nothing differs; medians of ${rounds} runs in turn`);
    row(`a  ssh host find, ${width} at once`, ms(times.finds));
    const ratio = times.look / times.finds;
    row("b  a look for drift, with its process's start", ms(times.look), `${ratio.toFixed(2)} a`, atMost(ratio, 1));
    row("   processor time of the ssh commands", ms(median(finds)));
    const cpu = of((look) => look.cpu);
    row("   processor time of the look", ms(cpu), `${(cpu / median(finds)).toFixed(2)} of it`);
    const rss = of((look) => look.rss);
    row("   memory of the look", `${Math.round(rss)} MB`, "", atMost(rss, 300));
  } finally {
    await closeAll();
    await host.close();
  }
}

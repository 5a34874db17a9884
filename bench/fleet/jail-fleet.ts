import type { Program } from "../../test/support/program";
import { findAll, previewTime, startHosts, width } from "../many-hosts";
import { atMost, inTurn, median, ms, processorTime, row } from "../measure";
import { startFleetStack, startMade } from "./fleet-stack";
import type { PartOptions } from "./parts";

/** As many resources as a fleet has, below one another as there, without any work: what is left is Pulumi's own. */
const emptyFleet: Program<readonly string[]> = (_, names, { ComponentResource, CustomResource }) => {
  const parent = new ComponentResource("bench:index:Fleet", "fleet");
  class Empty extends CustomResource {}
  const provider = 'exports.handler = () => ({ create: async () => ({ id: "x", outs: {} }) })';
  for (const name of names) {
    const host = new ComponentResource("bench:index:Host", `fleet-${name}`, {}, { parent });
    new Empty("pulumi-nodejs:dynamic:Resource", name, { __provider: provider }, { parent: host });
  }
};

/** Compares the preview of a JailFleet, beyond the preview of as many empty resources, with ssh and find. */
export async function jailFleet({ size = 1000, rounds = 3 }: PartOptions): Promise<void> {
  const hosts = await startHosts(size, 50);
  try {
    const stack = await startFleetStack(hosts);
    const names = hosts.addresses.map((_, index) => `jail${index}`);
    const empty = await startMade("empty", emptyFleet, names);
    try {
      const cpu: Record<"finds" | "empty" | "preview", number[]> = { finds: [], empty: [], preview: [] };
      const timedWith = (name: keyof typeof cpu, run: () => Promise<number>) => async () => {
        let milliseconds = 0;
        const spent = await processorTime(async () => {
          milliseconds = await run();
        });
        cpu[name].push(spent);
        return milliseconds;
      };
      const times = await inTurn(
        {
          finds: timedWith("finds", () => findAll(hosts)),
          empty: timedWith("empty", () => previewTime(empty)),
          preview: timedWith("preview", () => previewTime(stack)),
        },
        rounds,
      );
      console.log(
        `\n${size} hosts of a JailFleet, a jail of 50 entries on each; nothing differs; medians of ${rounds} runs in turn`,
      );
      row(`a  ssh host find, ${width} at once`, ms(times.finds));
      row("b  pulumi preview of as many empty resources", ms(times.empty));
      row("c  pulumi preview of the fleet", ms(times.preview));
      const ours = times.preview - times.empty;
      const ratio = ours / times.finds;
      row("   c beyond b", ms(ours), `${ratio.toFixed(2)} a`, atMost(ratio, 1.5));
      const spent = median(cpu.preview) - median(cpu.empty);
      row("   processor time of the ssh commands", ms(median(cpu.finds)));
      row("   processor time of c beyond b", ms(spent), `${(spent / median(cpu.finds)).toFixed(2)} of it`);
    } finally {
      stack.remove();
      empty.remove();
    }
  } finally {
    await hosts.host.close();
  }
}

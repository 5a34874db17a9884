import { doors } from "../../test/support/doors";
import { fill } from "../../test/support/program";
import { startHost } from "../../test/support/sshd";
import { type Stack, startStack } from "../../test/support/stack";
import { manyRules, www } from "../jail";
import { atMost, inTurn, ms, processorTime, row, succeed } from "../measure";

const goal = 1.2;

/** Compares the processor time of an unchanged preview and an unchanged `up` over both doors: the CLI's and the provider's. */
export async function comparePrograms(resources: number, rounds: number): Promise<void> {
  const host = await startHost({ accounts: { www } });
  const stacks = new Map<string, Stack>();
  try {
    for (const [index, door] of doors.entries()) {
      const root = `/srv/jail${index}`;
      const stack = await startStack({ project: `door${index}`, commandLimit: 1_800_000 });
      stacks.set(door.name, stack);
      const rules = Object.entries(manyRules(resources - 1)).map(([name, rule]) => [name, { ...rule, jail: "app" }]);
      const jails = { app: { connection: host.connection, root } };
      door.declare(stack, fill({ jails, rules: Object.fromEntries(rules) }));
      await succeed(stack.up());
    }
    const timed = (door: string, run: (stack: Stack) => Promise<unknown>) => async () => {
      const stack = stacks.get(door);
      return stack ? processorTime(() => run(stack)) : Number.NaN;
    };
    const preview = (stack: Stack) => succeed(stack.preview("--expect-no-changes"));
    const up = (stack: Stack) => succeed(stack.up("--expect-no-changes"));
    const times = await inTurn(
      {
        dynamicPreview: timed("dynamic resources", preview),
        pluginPreview: timed("plugin", preview),
        dynamicUp: timed("dynamic resources", up),
        pluginUp: timed("plugin", up),
      },
      rounds,
    );
    console.log(`${resources} resources, nothing differs; processor time, medians of ${rounds} rounds`);
    compare("preview", times.dynamicPreview, times.pluginPreview);
    compare("up", times.dynamicUp, times.pluginUp);
  } finally {
    for (const stack of stacks.values()) stack.remove();
    await host.close();
  }
}

function compare(command: string, dynamic: number, plugin: number): void {
  const ratio = plugin / dynamic;
  row(`${command} of dynamic resources`, ms(dynamic));
  row(`${command} over the plugin`, ms(plugin), `${ratio.toFixed(2)} dynamic`, atMost(ratio, goal));
}

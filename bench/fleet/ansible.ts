import { join } from "node:path";
import { previewTime, startHosts } from "../many-hosts";
import { atLeast, inTurn, ms, row, succeed } from "../measure";
import { expectAnsible, type Playbook, playbooks } from "./ansible-playbook";
import { startFleetStack } from "./fleet-stack";
import { lookAt } from "./look";
import type { PartOptions } from "./parts";

const entries = 72;
/** Hosts at a time: Ansible's forks, and the width of a look. */
const width = 64;

/** Compares a preview and a look for drift with `ansible-playbook --check` over the same hosts and paths. */
export async function ansible({ size = 100, rounds = 1, withoutAnsible = false }: PartOptions): Promise<void> {
  const version = withoutAnsible ? undefined : await expectAnsible();
  const hosts = await startHosts(size, entries);
  try {
    const stack = await startFleetStack(hosts);
    try {
      const state = join(stack.directory, "exported.json");
      await succeed(stack.pulumi("stack", "export", "--show-secrets", "--file", state));
      const own = {
        preview: () => previewTime(stack),
        async look() {
          const look = await lookAt("state-look", [state, String(width)], stack.env);
          if (look.outcomes["in-sync"] !== size) throw new Error(`not all in sync: ${JSON.stringify(look)}`);
          return look.milliseconds;
        },
      };
      const ours = await inTurn(own, rounds);
      console.log(`\n${size} hosts with the same ${entries} paths on each; nothing differs; medians of ${rounds} runs`);
      row("a  pulumi preview of a JailFleet", ms(ours.preview));
      row("b  a look for drift, with its process's start", ms(ours.look));
      if (version === undefined) return;
      const theirs = await inTurn(playbooks(hosts, { entries, forks: width }), rounds);
      console.log(`${version}: --check, ${width} forks, pipelining, ControlPersist, no facts`);
      const times = (name: Playbook, own: keyof typeof ours) => theirs[name] / ours[own];
      const text = (ratio: number, own: string) => `${ratio.toFixed(1)} ${own}`;
      row(
        `c  one file task, its loop has ${entries} items`,
        ms(theirs.loop),
        text(times("loop", "preview"), "a"),
        atLeast(times("loop", "preview"), 20),
      );
      row("", "", text(times("loop", "look"), "b"), atLeast(times("loop", "look"), 20));
      row("d  one file task with recurse: names no path", ms(theirs.recurse), text(times("recurse", "preview"), "a"));
      row("", "", text(times("recurse", "look"), "b"));
    } finally {
      stack.remove();
    }
  } finally {
    await hosts.host.close();
  }
}

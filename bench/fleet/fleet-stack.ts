import type { Program } from "../../test/support/program";
import { type Stack, startStack } from "../../test/support/stack";
import { giveKeys, jailsOf, type ManyHosts } from "../many-hosts";
import { succeed } from "../measure";

type Jails = ReturnType<typeof jailsOf>;

/** A fleet with one jail on each host, in three waves. */
const fleet: Program<Jails> = ({ JailFleet, Jail }, jails) => {
  const hosts = Object.entries(jails).map(([name, { connection }]) => [name, connection]);
  new JailFleet("fleet", {
    hosts: Object.fromEntries(hosts),
    waves: [{ name: "canary", size: 1, canary: true }, { name: "tenth", size: "10%" }, { name: "rest" }],
    declare: ({ name, connection }, options) => {
      const args = jails[name];
      if (args) new Jail(name, { ...args, connection }, options);
    },
  });
};

/** Starts a stack in which an `up` has made a fleet of all hosts. */
export function startFleetStack(hosts: ManyHosts): Promise<Stack> {
  return startMade("fleet", fleet, jailsOf(hosts), (stack) => giveKeys(hosts, stack));
}

/** Starts a stack with this program, after an `up`. */
export async function startMade<G>(
  project: string,
  program: Program<G>,
  given: G,
  ready: (stack: Stack) => void = () => undefined,
): Promise<Stack> {
  const stack = await startStack({ project, commandLimit: 1_800_000 });
  // The CLI writes the whole state for each resource otherwise: for a thousand of them that takes minutes.
  Object.assign(stack.env, { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" });
  try {
    ready(stack);
    stack.program(program, given);
    await succeed(stack.up("--parallel", "64"));
    return stack;
  } catch (error) {
    stack.remove();
    throw error;
  }
}

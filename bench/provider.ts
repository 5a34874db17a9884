import { differenceTexts } from "../provider/engine/assess/drift-texts";
import type { JailSession } from "../provider/engine/session/jail-session";
import type { Owner } from "../provider/intent/owner";
import { newSession } from "../test/support/session";
import type { Declared } from "./jail";

/** Declares a jail and its rules in a new session, as the first check of a preview does. */
function open({ jails, rules }: Declared): {
  session: JailSession;
  declared: { kind: string; owner: Owner; args: object }[];
} {
  const { jail } = jails;
  if (!jail) throw new Error("no jail");
  const { connection, ...args } = jail;
  const session = newSession({ connection, root: jail.root });
  const of = (kind: string, name: string, own: Readonly<Record<string, unknown>>) => {
    const owner = { token: Buffer.from(name).toString("hex").padEnd(32, "0").slice(0, 32), label: `${kind}::${name}` };
    const urn = `urn:pulumi:dev::bench::pulumi-nodejs:dynamic/chroot:${kind}::${name}`;
    session.program.declare({ kind, owner, args: own }, urn);
    return { kind, owner, args: own };
  };
  const own = Object.entries(rules).map(([name, { jail: _, ...rule }]) => of("PermissionRule", name, rule));
  return { session, declared: [of("Jail", "jail", args), ...own] };
}

export interface Viewed {
  /** For the scan, the plan and the texts of all resources. */
  readonly milliseconds: number;
  /** For the scan alone. */
  readonly observed: number;
  /** CPU milliseconds of this process after the scan. */
  readonly planCpu: number;
  readonly entries: number;
  readonly differing: number;
}

/** Previews all resources of a jail. */
export async function viewAll(of: Declared): Promise<Viewed> {
  const started = performance.now();
  const { session, declared } = open(of);
  await session.observe();
  const observed = performance.now() - started;
  const before = process.cpuUsage();
  const view = await session.assess();
  const differing = declared.map(({ owner }) => differenceTexts(view, owner).size).reduce((a, b) => a + b);
  const { user, system } = process.cpuUsage(before);
  const milliseconds = performance.now() - started;
  return { milliseconds, observed, planCpu: (user + system) / 1000, entries: view.observation.entries.size, differing };
}

/** Converges all resources of a jail, as `up` does; milliseconds. */
export async function convergeAll(of: Declared): Promise<number> {
  const started = performance.now();
  const { session, declared } = open(of);
  const outcomes = await Promise.all(
    declared.map(({ kind, owner, args }) => session.converge({ kind, owner, args: args as Record<string, unknown> })),
  );
  for (const { error } of outcomes) if (error) throw error;
  return performance.now() - started;
}

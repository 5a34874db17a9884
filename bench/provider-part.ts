import { JailSession } from "../provider/handlers/session";
import { differenceTexts } from "../provider/handlers/view";
import { closeAll } from "../provider/ssh/host";
import type { declaration } from "./jail";

/**
 * The provider's own part of a preview, in a process of its own as in a real one, so nothing is warm: connect, scan, plan
 * and the texts. The declaration comes as an argument; the milliseconds go to stdout, the modules being loaded before.
 */
async function main(): Promise<void> {
  const { jails, rules } = JSON.parse(process.argv[2] ?? "") as ReturnType<typeof declaration>;
  const { jail } = jails;
  if (!jail) throw new Error("no jail");
  const { connection, ...args } = jail;
  const started = performance.now();
  const session = new JailSession({ connection, root: jail.root });
  const declare = (kind: string, name: string, own: Readonly<Record<string, unknown>>) => {
    const owner = { token: name.padEnd(32, "0"), label: `${kind}::${name}` };
    session.program.declare(
      { kind, owner, args: own },
      `urn:pulumi:dev::bench::pulumi-nodejs:dynamic/chroot:${kind}::${name}`,
    );
    return owner;
  };
  const owners = [
    declare("Jail", "jail", args),
    ...Object.entries(rules).map(([name, { jail: _, ...rule }]) => declare("PermissionRule", name, rule)),
  ];
  await session.observe();
  const observed = performance.now() - started;
  const view = await session.view();
  const differing = owners.map((owner) => differenceTexts(view, owner).size);
  const milliseconds = performance.now() - started;
  await closeAll();
  const entries = view.observation.entries.size;
  process.stdout.write(
    JSON.stringify({ milliseconds, observed, entries, differing: differing.reduce((a, b) => a + b) }),
  );
}

void main();

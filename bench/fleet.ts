import { parseArgs } from "node:util";
import { ansible } from "./fleet/ansible";
import { drift } from "./fleet/drift";
import { jailFleet } from "./fleet/jail-fleet";
import { memory } from "./fleet/memory";
import type { PartOptions } from "./fleet/parts";
import { rollout } from "./fleet/rollout";

/**
 * `npm run bench:fleet [-- PART… --size N --rounds N --without-ansible]`: the figures of a fleet, each beside the bare commands that do the same. All
 * parts run if none is named. `--size` is the number of hosts or units of each part.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { size: { type: "string" }, rounds: { type: "string" }, "without-ansible": { type: "boolean" } },
});

const parts: Readonly<Record<string, (options: PartOptions) => Promise<void>>> = {
  drift,
  memory,
  "jail-fleet": jailFleet,
  rollout,
  ansible,
};

async function main(): Promise<void> {
  const unknown = positionals.filter((name) => !(name in parts));
  if (unknown.length > 0) throw new Error(`no part ${unknown.join(", ")}: name ${Object.keys(parts).join(", ")}`);
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  const options: PartOptions = {
    size: number(values.size),
    rounds: number(values.rounds),
    withoutAnsible: values["without-ansible"],
  };
  for (const name of positionals.length > 0 ? positionals : Object.keys(parts)) {
    process.stderr.write(`part ${name}\n`);
    // A part that fails leaves the figures of the others.
    await parts[name]?.(options).catch((error: unknown) => {
      console.error(`bench:fleet ${name}:`, error);
      process.exitCode = 1;
    });
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

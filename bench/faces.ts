import { parseArgs } from "node:util";
import { comparePrograms } from "./faces/programs";
import { countReads } from "./faces/reads";
import { compareStarts } from "./faces/starts";

/**
 * `npm run bench:faces [-- --resources N --jails N --rounds N]`: the plugin beside the dynamic provider, over the same jails.
 */
const { values } = parseArgs({
  options: {
    resources: { type: "string", default: "300" },
    jails: { type: "string", default: "1000" },
    rounds: { type: "string", default: "5" },
  },
});

async function main(): Promise<void> {
  await comparePrograms(Number(values.resources), Number(values.rounds));
  await compareStarts(Number(values.rounds));
  await countReads(Number(values.jails));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

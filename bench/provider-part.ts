import { closeAll } from "../test/support/connections";
import type { Declared } from "./jail";
import { viewAll } from "./provider";

/**
 * The provider's part of a preview, in a separate process as in a real preview, so nothing is warm. Takes the declaration as an
 * argument and writes the figures to stdout. Loading the modules does not count. `peak` is in KB.
 */
async function main(): Promise<void> {
  const viewed = await viewAll(JSON.parse(process.argv[2] ?? "") as Declared);
  await closeAll();
  process.stdout.write(JSON.stringify({ ...viewed, peak: process.resourceUsage().maxRSS }));
}

void main();

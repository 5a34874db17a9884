import { closeAll } from "../provider/ssh/host";
import type { Declared } from "./jail";
import { viewAll } from "./provider";

/**
 * The provider's own part of a preview, in a process of its own as in a real one, so nothing is warm. The declaration comes
 * as an argument; what it took goes to stdout, the modules being loaded before. `peak` is in KB.
 */
async function main(): Promise<void> {
  const viewed = await viewAll(JSON.parse(process.argv[2] ?? "") as Declared);
  await closeAll();
  process.stdout.write(JSON.stringify({ ...viewed, peak: process.resourceUsage().maxRSS }));
}

void main();

import { availableParallelism, freemem } from "node:os";

/** Memory of a unit in flight in MB: the CLI and its provider have 155 by `npm run bench:fleet -- rollout`; a large jail takes more. */
const unitMegabytes = 200;

/** The units in flight at once where the fleet says nothing: the CLI waits for the host half of its time. */
export function defaultWidth(
  cores = availableParallelism(),
  freeMegabytes = (process.availableMemory?.() ?? freemem()) / 2 ** 20,
): number {
  return Math.max(1, Math.min(2 * cores, Math.floor(freeMegabytes / unitMegabytes)));
}

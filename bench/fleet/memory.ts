import { atMost, ms, row } from "../measure";
import { lookAt } from "./look";
import type { PartOptions } from "./parts";

/** The figures of a host may grow by this much: a look whose cost is not linear grows by far more. */
const tolerance = 1.2;

/** Compares looks for drift on hosts in memory, a tenth of them and all of them: the cost has to be linear. */
export async function memory({ size = 10_000 }: PartOptions): Promise<void> {
  const few = Math.max(1, Math.floor(size / 10));
  const tenth = await lookAt("memory-look", [String(few)]);
  const all = await lookAt("memory-look", [String(size)]);
  console.log(`\n${few} and ${size} hosts in memory, a jail of 50 entries on each, drift on two in five`);
  const each = { tenth: tenth.lookCpu / few, all: all.lookCpu / size };
  row(`a  processor time of a host of ${few}`, `${each.tenth.toFixed(2)} ms`);
  const ratio = each.all / each.tenth;
  row(`b  of a host of ${size}`, `${each.all.toFixed(2)} ms`, `${ratio.toFixed(2)} a`, atMost(ratio, tolerance));
  row("   processor time of the whole look", ms(all.lookCpu));
  row(`c  memory, ${few} hosts`, `${Math.round(tenth.rss)} MB`);
  const growth = all.rss / tenth.rss;
  row(`d  memory, ${size} hosts`, `${Math.round(all.rss)} MB`, `${growth.toFixed(2)} c`, atMost(growth, size / few));
  row(`   report of ${size} hosts`, `${all.lines} lines`, "", atMost(all.lines, 25));
}

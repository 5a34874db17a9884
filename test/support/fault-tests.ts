import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeAll } from "../../provider/ssh/host";
import type { Variant } from "./fault-jail";
import { Sweep } from "./fault-sweep";
import { type Fault, faults } from "./faults";
import { account } from "./program";
import { type HostOptions, type LabHost, startHost } from "./sshd";

/** `FAULTS=all npm test -- fault`: every fault at every operation. Else every `stride`th operation, the faults in turn. */
const isLong = process.env["FAULTS"] === "all";

/** The tests of one file: a run ends in the middle, at one operation after the other. */
export function testFaults(flavour: NonNullable<HostOptions["flavour"]>, variant: Variant, stride: number): void {
  let host: LabHost;
  let sweep: Sweep;
  before(async () => {
    host = await startHost({ accounts: account, flavour });
    sweep = await Sweep.start(host, variant);
  });
  after(async () => {
    await closeAll();
    await host.close();
  });

  /** Numbers of operations, from 1, each with the faults that are made there. */
  const chosen = (): [number, Fault[]][] =>
    sweep.operations.flatMap(({ isLong: canTear }, index): [number, Fault[]][] => {
      const possible = faults.filter((fault) => fault !== "torn" || canTear);
      if (isLong) return [[index + 1, possible]];
      return index % stride === 0 ? [[index + 1, [possible[(index / stride) % possible.length] ?? "power"]]] : [];
    });

  test(`a run that ends at any operation leaves nothing looser, and the next one goes on (${flavour}, ${variant})`, async (t) => {
    assert.ok(sweep.operations.length > 50, `${sweep.operations.length} operations`);
    for (const [nth, here] of chosen())
      for (const fault of here)
        await t.test(`${fault} at ${nth}, ${sweep.operations[nth - 1]?.tool}`, () => sweep.check(fault, nth));
  });

  test("a jail that is deleted after a run that was cut short is not left closed", async () => {
    const index = Math.floor(sweep.operations.length * 0.6);
    await sweep.checkForgotten("power", index);
  });

  test("the run after one that was cut short may be cut short itself", async (t) => {
    // While sealing and while opening in the first run; in the second, which has its records already, while sealing, repairing, opening.
    const pairs = [0.35, 0.8].flatMap((first) => [2, 6, 12].map((second) => [first, second] as const));
    for (const [index, [part, second]] of pairs.entries()) {
      if (!isLong && index % 3 !== stride % 3) continue;
      const first = Math.floor(part * sweep.operations.length);
      const fault = faults[1 + (index % 2)] ?? "power";
      await t.test(`${fault} at ${first}, power at ${second}`, () =>
        sweep.checkTwice([fault, first], ["power", second]),
      );
    }
  });
}

import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "@jest/globals";
import { closeAll } from "./connections";
import { eachCase } from "./each-case";
import type { Variant } from "./fault-jail";
import { Sweep } from "./fault-sweep";
import { chosenFaults, faults, isLong } from "./faults";
import { account } from "./program";
import { type HostOptions, type LabHost, startHost } from "./sshd";

/** The tests of one file: a run ends in the middle, at one operation after the other. */
export function testFaults(flavour: NonNullable<HostOptions["flavour"]>, variant: Variant, stride: number): void {
  let host: LabHost;
  let sweep: Sweep;
  beforeAll(async () => {
    host = await startHost({ accounts: account, flavour });
    sweep = await Sweep.start(host, variant);
  });
  afterAll(async () => {
    await closeAll();
    await host.close();
  });

  test(`a run that ends at any operation leaves nothing looser, and the next one goes on (${flavour}, ${variant})`, async () => {
    assert.ok(sweep.operations.length > 50, `${sweep.operations.length} operations`);
    await eachCase(chosenFaults(sweep.operations, stride), ({ fault, nth }) => sweep.check(fault, nth));
  });

  test("a jail that is deleted after a run that was cut short is not left closed", async () => {
    const index = Math.floor(sweep.operations.length * 0.6);
    await sweep.checkForgotten("power", index);
  });

  test("the run after one that was cut short may be cut short itself", async () => {
    // While sealing and while opening in the first run; in the second, which has its records already, while sealing, repairing, opening.
    const pairs = [0.35, 0.8].flatMap((first) => [2, 6, 12].map((second) => [first, second] as const));
    const cases = pairs
      .map(([part, second], index) => {
        const first = Math.floor(part * sweep.operations.length);
        const fault = faults[1 + (index % 2)] ?? "power";
        return { fault, first, second, what: `${fault} at ${first}, power at ${second}` };
      })
      .filter((_, index) => isLong || index % 3 === stride % 3);
    await eachCase(cases, ({ fault, first, second }) => sweep.checkTwice([fault, first], ["power", second]));
  });
}

import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { campaign, newTally, type Tally } from "./campaign";
import { type HardLinks, setHardLinks } from "./hard-links";
import { control, type Product, product, unsealed } from "./product";

/** Within it the control has to lose; it does in the first runs. */
const controlRuns = 40;
const runs = 24;
/** They take twice as long with files. */
const runsWithFiles = 12;
/** A busy machine makes fewer runs, but never less than {@link leastRuns}; `npm run race` has no such limit. */
const patienceMs = 10_000;
const patience = () => AbortSignal.timeout(patienceMs);
/** By then each attack has succeeded. */
const leastRuns = 10;
const runsWithSubvolumes = 12;

/** Attacks that never succeeded. */
function idleOf({ attacks }: Tally): string[] {
  expect(attacks.size).toBe(17);
  return [...attacks].filter(([, count]) => count === 0).map(([kind]) => kind);
}

async function race(
  make: () => Product,
  flavour: "gnu" | "busybox",
  most: number,
  options: { stopAtLoss?: boolean; signal?: AbortSignal; withFiles?: boolean; onBtrfs?: boolean } = {},
): Promise<Tally> {
  const tally = newTally();
  const raced = make();
  try {
    await campaign({ product: raced, flavour, runs: most, leastRuns, seed: 1, ...options }, tally);
  } finally {
    raced.remove();
  }
  return tally;
}

/** Tests of one flavour with one setting of the machine: each is a file of its own, so that none takes long. */
export function testRace(flavour: "gnu" | "busybox", hardLinks: HardLinks): void {
  describe(`${flavour} with fs.protected_hardlinks ${hardLinks}`, () => {
    let restore: () => Promise<void>;
    beforeAll(async () => {
      restore = await setHardLinks(hardLinks);
    });
    afterAll(() => restore());

    test("an attacker changes files outside of the jail when nothing is sealed", async () => {
      const tally = await race(control, flavour, controlRuns, { stopAtLoss: true });
      assert.equal(tally.lost, 1, `in ${tally.runs} runs the attacker never won: the other tests prove nothing`);
    });

    test("nothing is done where the agent says that it has sealed, and has not", async () => {
      const tally = await race(unsealed, flavour, 5);
      assert.deepEqual([tally.runs, tally.lost], [5, 0], tally.details.join("\n"));
      expect(tally.errors.get("operation") ?? 0).toBeGreaterThan(0);
      for (const message of tally.broken) expect(message).toMatch(/is still open/);
    });

    test("with an attacker at work, only the jail is changed, and all of root's is as declared", async () => {
      const tally = await race(product, flavour, runs, { signal: patience() });
      assert.deepEqual([tally.lost, tally.faulty, tally.broken], [0, 0, []], tally.details.join("\n"));
      // It was at work, and it was kept out now and then.
      expect(idleOf(tally)).toStrictEqual(["subvolume"]);
    });

    test("with an attacker that makes subvolumes, only the jail is changed, and all of root's is as declared", async () => {
      const tally = await race(product, flavour, runsWithSubvolumes, { signal: patience(), onBtrfs: true });
      assert.deepEqual([tally.lost, tally.faulty, tally.broken], [0, 0, []], tally.details.join("\n"));
      expect(idleOf(tally)).toStrictEqual([]);
    });

    // If every user may link every file, the attacker can swap the most.
    if (hardLinks === 0)
      test("with an attacker at the places of files, each comes whole, and nothing of outside comes with them", async () => {
        const tally = await race(product, flavour, runsWithFiles, { signal: patience(), withFiles: true });
        assert.deepEqual([tally.lost, tally.faulty, tally.broken], [0, 0, []], tally.details.join("\n"));
        assert.ok(tally.delivered >= tally.runs, `${tally.delivered} files in ${tally.runs} runs`);
      });
  });
}

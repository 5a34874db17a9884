import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { campaign, newTally, type Tally } from "./campaign";
import { type HardLinks, setHardLinks } from "./hard-links";
import { control, type Product, product, unsealed } from "./product";

/** Within it the control has to lose; it does in the first runs. */
const controlRuns = 40;
/** A campaign has this many. Another one with another seed follows while an attack has not succeeded. */
const runs = 10;
const mostCampaigns = 4;

/** Attacks that never succeeded. */
function idleOf({ attacks }: Tally): string[] {
  expect(attacks.size).toBe(17);
  return [...attacks].filter(([, count]) => count === 0).map(([kind]) => kind);
}

interface Race {
  readonly make: () => Product;
  readonly flavour: "gnu" | "busybox";
  readonly most?: number;
  readonly stopAtLoss?: boolean;
  readonly withFiles?: boolean;
  readonly onBtrfs?: boolean;
}

async function race({ make, most = runs, ...options }: Race, tally = newTally(), seed = 1): Promise<Tally> {
  const raced = make();
  try {
    await campaign({ product: raced, runs: tally.runs + most, seed, ...options }, tally);
  } finally {
    raced.remove();
  }
  return tally;
}

/** Races until each attack has succeeded, but for the ones that cannot: the attacker was at work, and was kept out now and then. */
async function raceAll(options: Race, ...impossible: readonly string[]): Promise<Tally> {
  const tally = await race(options);
  const isIdle = () => idleOf(tally).some((kind) => !impossible.includes(kind));
  for (let seed = 2; seed <= mostCampaigns && isIdle(); seed++) await race(options, tally, seed);
  expect(idleOf(tally)).toStrictEqual(impossible);
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
      const tally = await race({ make: control, flavour, most: controlRuns, stopAtLoss: true });
      assert.equal(tally.lost, 1, `in ${tally.runs} runs the attacker never won: the other tests prove nothing`);
    });

    test("nothing is done where the agent says that it has sealed, and has not", async () => {
      const tally = await race({ make: unsealed, flavour, most: 5 });
      assert.deepEqual([tally.runs, tally.lost], [5, 0], tally.details.join("\n"));
      expect(tally.errors.get("operation") ?? 0).toBeGreaterThan(0);
      for (const message of tally.broken) expect(message).toMatch(/is still open/);
    });

    test("with an attacker at work, only the jail is changed, and all of root's is as declared", async () => {
      const tally = await raceAll({ make: product, flavour }, "subvolume");
      assert.deepEqual([tally.lost, tally.faulty, tally.broken], [0, 0, []], tally.details.join("\n"));
    });

    test("with an attacker that makes subvolumes, only the jail is changed, and all of root's is as declared", async () => {
      const tally = await raceAll({ make: product, flavour, onBtrfs: true });
      assert.deepEqual([tally.lost, tally.faulty, tally.broken], [0, 0, []], tally.details.join("\n"));
    });

    // If every user may link every file, the attacker can swap the most.
    if (hardLinks === 0)
      test("with an attacker at the places of files, each comes whole, and nothing of outside comes with them", async () => {
        const tally = await race({ make: product, flavour, withFiles: true });
        assert.deepEqual([tally.lost, tally.faulty, tally.broken], [0, 0, []], tally.details.join("\n"));
        assert.ok(tally.delivered >= tally.runs, `${tally.delivered} files in ${tally.runs} runs`);
      });
  });
}

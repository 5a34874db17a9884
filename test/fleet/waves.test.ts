import { describe, expect, test } from "@jest/globals";
import { mistakeText } from "../../provider/fleet/texts";
import { planWaves, type Unit, type WaveDeclaration } from "../../provider/fleet/waves";

const fleet = (count: number, labels: Unit["labels"] = {}): Unit[] =>
  Array.from({ length: count }, (_, index) => ({ name: `h${index + 1}`, labels }));
const sizes = (units: readonly Unit[], waves: readonly WaveDeclaration[]) => {
  const planned = planWaves(units, waves);
  return "waves" in planned ? planned.waves.map((wave) => wave.units.length) : planned;
};

describe("waves", () => {
  test("take counts and percentages of the whole fleet, and the last one the rest", () => {
    const waves: WaveDeclaration[] = [
      { name: "canary", size: 1, canary: true },
      { name: "tenth", size: "10%" },
      { name: "rest", size: "20%" },
    ];
    expect(sizes(fleet(1000), waves)).toStrictEqual([1, 100, 899]);
  });

  test("of a percentage have one unit at least, and round down", () => {
    const waves: WaveDeclaration[] = [{ name: "a", size: "1%" }, { name: "b", size: "39%" }, { name: "c" }];
    expect(sizes(fleet(10), waves)).toStrictEqual([1, 3, 6]);
  });

  test("are empty where no unit is left", () => {
    expect(sizes(fleet(2), [{ name: "a", size: 5 }, { name: "b", size: "50%" }, { name: "c" }])).toStrictEqual([
      2, 0, 0,
    ]);
    expect(sizes([], [{ name: "a" }])).toStrictEqual([0]);
  });

  test("take the units with their labels, in the fleet's order", () => {
    const units: Unit[] = [
      { name: "a", labels: { zone: "west" } },
      { name: "b", labels: { zone: "east" } },
      { name: "c", labels: { zone: "north", role: "spare" } },
      { name: "d" },
    ];
    const planned = planWaves(units, [
      { name: "east", labels: { zone: ["east", "north"] }, size: 1 },
      { name: "spare", labels: { role: "spare" } },
      { name: "rest" },
    ]);
    expect("waves" in planned && planned.waves.map((wave) => wave.units)).toStrictEqual([["b"], ["c"], ["a", "d"]]);
  });

  test("are refused where no unit at all has the labels of a canary, as those of a typing mistake", () => {
    const units: Unit[] = [
      { name: "a", labels: { site: "lab" } },
      { name: "b", labels: { site: ["fra", "ams"] } },
    ];
    const waves = (site: string): WaveDeclaration[] => [
      { name: "first", labels: { site }, canary: true },
      { name: "rest" },
    ];
    const mistake = planWaves(units, waves("labb"));
    expect(mistake).toStrictEqual({
      mistake: "no-canary",
      wave: "first",
      labels: { site: "labb" },
      known: { site: ["ams", "fra", "lab"] },
    });
    expect("mistake" in mistake && mistakeText(mistake)).toBe(
      "waves: the canary wave first takes no unit: no unit has site: labb; the fleet has site: ams or fra or lab",
    );
    expect(sizes(units, waves("lab"))).toStrictEqual([1, 1]);
    expect(sizes(units, [{ name: "a", labels: { site: "labb" } }, { name: "rest" }])).toStrictEqual([0, 2]);
  });

  test("take a unit with several values of a label by each of them", () => {
    const units: Unit[] = [
      { name: "a", labels: { group: ["ns", "ams"] } },
      { name: "b", labels: { group: ["web", "ams"] } },
      { name: "c", labels: { group: [] } },
    ];
    const planned = planWaves(units, [
      { name: "ns", labels: { group: "ns" } },
      { name: "ams", labels: { group: ["ams", "fra"] } },
      { name: "none", labels: { constructor: "Object" }, size: 1 },
      { name: "rest" },
    ]);
    expect("waves" in planned && planned.waves.map((wave) => wave.units)).toStrictEqual([["a"], ["b"], [], ["c"]]);
  });

  test("leave no unit out", () => {
    const waves: WaveDeclaration[] = [{ name: "east", labels: { zone: "east" } }];
    expect(planWaves(fleet(2, { zone: "west" }), waves)).toStrictEqual({ mistake: "no-wave", units: ["h1", "h2"] });
  });

  test("have a budget of 0 where they are canaries, and none otherwise", () => {
    const planned = planWaves(fleet(10), [
      { name: "a", size: 1, canary: true },
      { name: "b", size: 2, canary: true, maxFailures: 1 },
      { name: "c", maxFailures: "50%" },
    ]);
    expect("waves" in planned && planned.waves.map((wave) => wave.maxFailures)).toStrictEqual([0, 1, 5]);
  });

  test("of canaries come first", () => {
    const waves: WaveDeclaration[] = [
      { name: "a", size: 1, canary: true },
      { name: "b", size: 1 },
      { name: "c", canary: true },
    ];
    expect(sizes(fleet(3), waves)).toStrictEqual({ mistake: "late-canary", wave: "c" });
  });

  test("have different names", () => {
    expect(sizes(fleet(3), [{ name: "a", size: 1 }, { name: "a" }])).toStrictEqual({ mistake: "same-name", wave: "a" });
  });
});

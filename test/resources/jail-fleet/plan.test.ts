import { expect, test } from "@jest/globals";
import { planHosts } from "../../../provider/resources/jail-fleet/plan";

test("the sentence about later waves names the first three, and counts the others", () => {
  const names = ["a", "b", "c", "d", "e"];
  const hosts = Object.fromEntries(names.map((name) => [name, { host: name }]));
  const waves = names.map((name) => ({ name: `wave-${name}`, size: 1 }));
  const [first, second] = planHosts("named", { hosts, waves, declare: () => undefined });
  expect(first?.laterWaves).toMatch(/ waves wave-b \(b\), wave-c \(c\), wave-d \(d\), 1 more \(e\)$/);
  expect(second?.laterWaves).toMatch(/ waves wave-c \(c\), wave-d \(d\), wave-e \(e\)$/);
});

import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { stackName } from "../../provider/rollout/stack-name";

test("a unit that is a plain word is its stack's name, any other one gets a checksum", () => {
  expect(["ns1", "a", "web-7"].map(stackName)).toStrictEqual(["ns1", "a", "web-7"]);
  expect(stackName("ns1.example.com")).toMatch(/^ns1-example-com-[0-9a-f]{10}$/);
  expect(stackName("../é<script>")).toMatch(/^script-[0-9a-f]{10}$/);
  expect(stackName("--yes")).toMatch(/^yes-[0-9a-f]{10}$/);
  expect(stackName("\u202e")).toMatch(/^unit-[0-9a-f]{10}$/);
});

test("two units never share a stack, not even by the name of another one's stack", () => {
  const name = fc.oneof(fc.string(), fc.stringMatching(/^[a-zA-Z0-9._-]{1,70}$/), fc.domain());
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(stackName(one)).toMatch(/^[a-z0-9][a-z0-9-]{0,63}$/);
      expect(stackName(stackName(one)) === stackName(one)).toBe(stackName(one) === one);
      expect(stackName(one) === stackName(other)).toBe(one === other);
    }),
    { numRuns: 2000 },
  );
  expect(stackName("Ns1")).not.toBe(stackName("nS1"));
});

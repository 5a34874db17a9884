import { beforeAll, describe, expect, test } from "@jest/globals";
import { doors } from "../support/doors";
import { useDrift } from "../support/drift-scene";
import { ok, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";

describe.each(doors)("drift over $name", (door) => {
  const { must, begin } = useDrift(door);
  const rule = door.nameOf("var");
  let stack: Stack;

  beforeAll(async () => {
    stack = await begin();
  });

  test("the same drift is seen and repaired a second and a third time", async () => {
    for (const _ of [1, 2, 3]) {
      await must("chmod 777 var");
      expect(shownDrift(ok(await stack.preview("--diff")), rule)).toStrictEqual({ var: ":root 0777 => :root 0711" });
      expect(ok(await stack.up())).toMatch(/~ 1 updated/);
      expect((await must("stat -c %a var")).trim()).toBe("711");
    }
  });
});

import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { useNeighbours } from "../support/neighbours-scene";
import type { Stack } from "../support/stack";

describe("two stacks with rules for one jail", () => {
  const { lab, root, begin, acl, clean } = useNeighbours();
  let base: Stack;

  beforeAll(async () => {
    [base] = await begin();
  });

  test("keep what the other declares: ACLs are neither drift for it nor taken away by its repairs", async () => {
    await clean();
    await lab.host.must(`chmod 777 ${root}/c && chown www ${root}/b`);
    const preview = ok(await base.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      b: "www:www => root:www",
      c: "root:www 0777 => root:www 0750",
    });
    ok(await base.up());
    expect(await acl("b")).toBe("group:www:rwx\n");
    await clean();
  });
});

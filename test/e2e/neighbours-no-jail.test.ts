import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { useNeighbours } from "../support/neighbours-scene";
import type { Stack } from "../support/stack";

describe("two stacks with rules for one jail", () => {
  const { lab, root, begin } = useNeighbours();
  let base: Stack;
  let guest: Stack;

  beforeAll(async () => {
    [base, guest] = await begin();
  });

  test("cannot do without the jail: the rules of one whose jail has gone are refused, and nothing is touched", async () => {
    ok(await base.destroy());
    const before = await lab.host.must(`cd ${root} && find . -printf '%P %i %C@\\n' | sort`);
    expect(shownDrift(ok(await guest.preview("--diff")), "two")?.["(host)"] ?? "").toMatch(
      /^refused: no Jail declares this root/,
    );
    expect(await lab.host.must(`cd ${root} && find . -printf '%P %i %C@\\n' | sort`)).toBe(before);
    ok(await guest.destroy());
    expect(await lab.host.must("ls /var/lib/pulumi-chroot")).toBe("");
  });
});

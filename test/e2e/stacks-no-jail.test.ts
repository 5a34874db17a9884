import { describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift, useLab } from "../support/e2e";

describe("a jail and its stacks", () => {
  const lab = useLab();

  test("a rule for a root that no Jail declares is refused", async () => {
    const stack = await lab.stack();
    const jail = { connection: lab.host.connection, root: "/srv/nobody" };
    stack.declare({ rules: { r: { jail, match: "x", fileMode: "0600" } } });
    expect(shownDrift(ok(await stack.preview("--diff")), "r", "create")?.["(host)"] ?? "").toMatch(
      /^refused: no Jail declares this root/,
    );
    expect(failed(await stack.up())).toMatch(/root@127\.0\.0\.1:\d+:\/srv\/nobody: no Jail declares this root/);
  });
});

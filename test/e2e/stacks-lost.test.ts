import { describe, expect, test } from "@jest/globals";
import { ok, useLab } from "../support/e2e";
import { recordLabels } from "../support/records";

describe("a jail and its stacks", () => {
  const lab = useLab();

  test("a stack whose state was lost takes its jail over again, without adopt and without touching it", async () => {
    const declaration = {
      jails: { app: lab.jail("/srv/lost", { directories: { a: "one" } }) },
      rules: { one: { jail: "app", match: "a", directoryMode: "0700" } },
    };
    const lost = await lab.stack();
    lost.declare(declaration);
    ok(await lost.up());
    const inodes = "find /srv/lost -printf '%p %i %C@\\n'";
    const before = await lab.host.must(inodes);
    ok(await lost.pulumi("stack", "rm", "dev", "--force", "--yes"));
    ok(await lost.pulumi("stack", "init", "dev"));
    const preview = ok(await lost.preview("--diff"));
    expect(preview).toMatch(/\+ 3 to create/);
    expect(preview).not.toMatch(/refused|=>/);
    ok(await lost.up());
    expect(await lab.host.must(inodes)).toBe(before);
    expect(await recordLabels(lab.host, "lost")).toStrictEqual([
      '"label": "Jail::app"',
      '"label": "PermissionRule::one"',
    ]);
    expect(ok(await lost.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });
});

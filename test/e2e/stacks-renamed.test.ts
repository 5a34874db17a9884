import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift, useLab } from "../support/e2e";
import { recordLabels } from "../support/records";

describe("a jail and its stacks", () => {
  const lab = useLab();

  test("a stack that is renamed has nothing to change, and its next change works", async () => {
    const stack = await lab.stack();
    const declare = (mode: string) =>
      stack.declare({
        jails: { app: lab.jail("/srv/rename", { directories: { a: "one" } }) },
        rules: { one: { jail: "app", match: "a", directoryMode: mode } },
      });
    declare("0700");
    ok(await stack.up());
    ok(await stack.rename("prod"));
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    await lab.host.must("chmod 777 /srv/rename/a /srv/rename");
    declare("0711");
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "one")).toStrictEqual({ a: "0777 => 0711" });
    expect(shownDrift(preview, "app")).toStrictEqual({ ".": "root:www 0777 => root:www 0750" });
    ok(await stack.up());
    expect(await lab.host.must("stat -c %a /srv/rename/a /srv/rename")).toBe("711\n750\n");
    expect(await recordLabels(lab.host, "rename")).toStrictEqual([
      '"label": "Jail::app"',
      '"label": "PermissionRule::one"',
    ]);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });
});

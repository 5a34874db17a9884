import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift, useLab } from "../support/e2e";
import { startDeclaring, unchanged } from "../support/identity-scene";
import { recordLabels } from "../support/records";

describe("a resource and its record", () => {
  const lab = useLab();

  test("a rule that is dropped and retained leaves no claim that nobody watches", async () => {
    const { stack, declare } = await startDeclaring(lab, "/srv/ghost", { options: { retainOnDelete: true } });
    declare({ file: "f", options: { retainOnDelete: true } });
    expect(shownDrift(ok(await stack.preview("--diff")), "app")).toStrictEqual({
      etc: "root:www 0711 => root:www 0750, LOOSER",
    });
    ok(await stack.up());
    await unchanged(stack);
    await lab.host.must("chmod 777 /srv/ghost/etc");
    expect(Object.keys(shownDrift(ok(await stack.preview("--diff")), "app") ?? {})).toStrictEqual(["etc"]);
  });

  test("a Jail that is retained and has another name then has one record", async () => {
    const { stack, declare } = await startDeclaring(lab, "/srv/jails", { options: { retainOnDelete: true } });
    declare({ jail: "again", rule: "r", file: "f" });
    ok(await stack.up());
    expect(await recordLabels(lab.host, "jails")).toStrictEqual([
      '"label": "Jail::again"',
      '"label": "JailFile::f"',
      '"label": "PermissionRule::r"',
    ]);
    await unchanged(stack);
  });
});

import { describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "../support/e2e";
import { modeOf, startDeclaring, unchanged } from "../support/identity-scene";

describe("a resource and its record", () => {
  const lab = useLab();

  test("an up without a preview changes nothing where another resource has a mistake, or is protected", async () => {
    const { stack, declare } = await startDeclaring(lab, "/srv/whole", { options: { protect: true } });
    await lab.host.must("chmod 777 /srv/whole");
    declare({ rule: "r", fileMode: "0999", options: { protect: true } });
    const mistaken = failed(await stack.up());
    expect(mistaken).toMatch(/PermissionRule::r: fileMode: .*0999/);
    expect(await modeOf(lab, "/srv/whole")).toBe("777");
    declare({ file: "f", options: { protect: true } });
    for (const _ of ["once", "again"]) {
      expect(failed(await stack.up())).toMatch(/protect/);
      expect(await modeOf(lab, "/srv/whole/etc")).toBe("711");
    }
    declare({ rule: "r", file: "f" });
    ok(await stack.up());
    declare({ file: "f" });
    ok(await stack.up());
    expect(await modeOf(lab, "/srv/whole/etc")).toBe("750");
    await unchanged(stack);
    const destroyed = ok(await stack.destroy());
    expect(destroyed).toMatch(
      /:\/srv\/whole: Jail::app is forgotten: \/srv\/whole and its contents stay unchanged.*adopt: true/,
    );
  });
});

import { describe, expect, test } from "@jest/globals";
import { ok, useLab } from "../support/e2e";
import { inodesOf, movingJail, registries } from "../support/moving-jail";

describe("a jail that moves", () => {
  const lab = useLab();

  test("to another root is replaced, and the old jail keeps its files", async () => {
    const stack = await lab.stack();
    stack.declare(movingJail(lab, "/srv/from", lab.host.connection));
    ok(await stack.up());
    const before = await inodesOf(lab.host, "/srv/from");
    stack.declare(movingJail(lab, "/srv/to", lab.host.connection));
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/root *: "\/srv\/from" => "\/srv\/to"/);
    expect(preview).toMatch(/\+-2 to replace/);
    ok(await stack.up());
    expect(await inodesOf(lab.host, "/srv/from")).toBe(before);
    expect(await lab.host.must("stat -c '%U:%G %a' /srv/to /srv/to/a")).toBe("root:www 750\nroot:www 711\n");
    expect(await registries(lab.host)).toMatch(/^to-/m);
    expect(await registries(lab.host)).not.toMatch(/^from-/m);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });
});

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { ok, useLab } from "../support/e2e";
import { inodesOf, movingJail, registries } from "../support/moving-jail";

describe("a jail that moves", () => {
  const lab = useLab();

  test("out of the program and with destroy loses its records and keeps its files; its rules go with it", async () => {
    const stack = await lab.stack();
    const declared = movingJail(lab, "/srv/gone", lab.host.connection);
    stack.declare(declared);
    ok(await stack.up());
    expect(stack.resource("one").deletedWith).toBe(stack.resource("app").urn);
    const before = await inodesOf(lab.host, "/srv/gone");
    stack.declare({});
    expect(ok(await stack.up())).toMatch(/- 2 deleted/);
    expect(await registries(lab.host)).not.toMatch(/^gone-/m);
    expect(await inodesOf(lab.host, "/srv/gone")).toBe(before);

    // The Jail is adopted again: no stack owns it by now.
    stack.declare({ ...declared, jails: { app: lab.jail("/srv/gone", { adopt: true, directories: { a: "one" } }) } });
    ok(await stack.up());
    expect(await registries(lab.host)).toMatch(/^gone-/m);
    assert.equal(await inodesOf(lab.host, "/srv/gone"), before, "nothing differed");
    expect(ok(await stack.destroy())).toMatch(/- 3 deleted/);
    expect(await registries(lab.host)).not.toMatch(/^gone-/m);
    expect(await inodesOf(lab.host, "/srv/gone")).toBe(before);
    expect(stack.resources().length).toBe(0);
  });
});

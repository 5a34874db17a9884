import { describe, expect, test } from "@jest/globals";
import { ok, useLab } from "../support/e2e";
import { looked, previewed } from "../support/look-and-preview";

describe("a look at all stacks of a backend", () => {
  const lab = useLab();

  test("has the words of each project's preview, also for a host behind a jump host", async () => {
    const behind = await lab.anotherHost();
    const first = await lab.stack({ project: "first" });
    const second = await lab.stack({ project: "second", backend: first });
    const far = { ...lab.jail("/srv/far"), connection: { ...behind.connection, proxy: lab.host.connection } };
    first.declare({ jails: { far: { ...far, directories: { a: "one" } } } });
    second.declare({ jails: { near: lab.jail("/srv/near", { directories: { a: "one" } }) } });
    for (const stack of [first, second]) ok(await stack.up());

    await behind.must("chmod 777 /srv/far/a");
    await lab.host.must("chmod 770 /srv/near/a");
    behind.resetCounts();
    const shown = [...(await previewed(first)), ...(await previewed(second))];
    const found = await looked(first, "backend");
    expect([...found].sort()).toStrictEqual(shown.sort());
    expect([...found.values()].map(({ state }) => state)).toStrictEqual(["drifted", "drifted"]);
    // Nothing went past the jump host.
    expect(behind.connections()).toBe(2);
  });
});

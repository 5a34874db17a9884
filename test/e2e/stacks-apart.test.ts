import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift, useLab } from "../support/e2e";
import { baseAndGuest } from "../support/stacks-scene";

describe("a jail and its stacks", () => {
  const lab = useLab();

  test("a rule in another stack is kept apart", async () => {
    const { base, guest } = await baseAndGuest(lab);
    expect(shownDrift(ok(await guest.preview("--diff")), "b", "create")).toStrictEqual({ b: "0750 => 0711, LOOSER" });
    ok(await guest.up());
    expect(await lab.host.must("stat -c %a /srv/two/b")).toBe("711\n");
    expect(ok(await base.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    expect(ok(await guest.preview("--expect-no-changes"))).toMatch(/2 unchanged/);

    // The drift of a path shows in the stack that declares it.
    await lab.host.must("chmod 777 /srv/two/b");
    ok(await base.preview("--expect-no-changes"));
    expect(shownDrift(ok(await guest.preview("--diff")), "b")).toStrictEqual({ b: "0777 => 0711" });
    ok(await guest.up());
  });
});

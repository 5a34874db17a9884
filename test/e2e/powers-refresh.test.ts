import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { usePowers } from "../support/powers-scene";
import type { Stack } from "../support/stack";

describe("ACLs, capabilities and special bits", () => {
  const { must, acl, shared, clean, beginWithPing } = usePowers();
  let stack: Stack;

  beforeAll(async () => {
    stack = await beginWithPing();
  });

  test("are put into the state by a refresh as they are, and the next up repairs them", async () => {
    await must("setfacl -b share && setcap -r bin/ping");
    ok(await stack.refresh());
    const { drift } = stack.resource("ping").outputs as { drift: Record<string, string> };
    expect(drift).toStrictEqual({ "bin/ping": "0750 no caps" });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "ping")?.["bin/ping"]).toBe("0750 no caps => 0750 caps:cap_net_raw=ep, LOOSER");
    expect(shownDrift(preview, "backup")).toStrictEqual({ share: "no acl => acl:user:backup:r-x, LOOSER" });
    ok(await stack.up());
    expect(await must("getcap bin/ping")).toMatch(/cap_net_raw[=+]ep/);
    expect(await acl("share")).toBe(shared);
    await clean();
  });
});

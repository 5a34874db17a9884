import { describe, expect, test } from "@jest/globals";
import { useBusyboxJail } from "../support/busybox-jail";
import { ok, shownDrift } from "../support/e2e";

describe("the life of a jail on a host that has nothing but BusyBox", () => {
  const { shared, must, clean } = useBusyboxJail({ isMade: true });

  test("has its drift shown by a refresh, and repaired after it", async () => {
    const { stack } = shared;
    await must("chmod 777 var && chown www etc/conf");
    ok(await stack.refresh());
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "var")).toStrictEqual({ var: ":root 0777 => :root 0711" });
    ok(await stack.up());
    await clean();
  });
});

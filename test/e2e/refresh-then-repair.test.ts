import { describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { useRefreshedJail } from "../support/refreshed-jail";

describe("a refresh", () => {
  const { shared, must } = useRefreshedJail();

  test("leaves no line about what was repaired by hand since, also when something else has drifted", async () => {
    const { stack } = shared;
    await must("chmod 777 etc && chmod 700 .");
    ok(await stack.refresh());
    await must("chmod 750 etc");
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({ ".": "root:www 0700 => root:www 0750, LOOSER" });
    await must("chmod 750 .");
    expect(ok(await stack.preview("--diff", "--expect-no-changes"))).not.toMatch(/drift/);
    await must("chmod 701 .");
    // Three values: at the refresh, now, and declared.
    expect(shownDrift(ok(await stack.preview("--diff")), "app")).toStrictEqual({
      ".": "root:www 0700 => root:www 0701 => root:www 0750, LOOSER",
    });
    ok(await stack.up());
    expect(stack.resource("app").inputs["drift"]).toStrictEqual({});
  });
});

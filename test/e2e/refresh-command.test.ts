import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { ok, section, shownDrift } from "../support/e2e";
import { useRefreshedJail } from "../support/refreshed-jail";

describe("a refresh", () => {
  const { shared, must } = useRefreshedJail();

  test("of its own shows the drift, keeps it in the state, and the next preview and up go on from there", async () => {
    const { stack } = shared;
    await must("chmod 777 var etc");
    const shown = ok(await stack.pulumi("refresh", "--preview-only", "--diff"));
    expect(shownDrift(shown, "var")).toStrictEqual({ var: "0777" });
    assert.deepEqual(stack.resource("var").inputs["drift"], {}, "--preview-only keeps nothing");
    ok(await stack.refresh());
    expect(stack.resource("var").outputs["drift"]).toStrictEqual({ var: "0777" });
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, "var") ?? "").toMatch(/~ var: "0777" => "0711"/);
    expect(ok(await stack.up())).toMatch(/~ 2 updated/);
    expect(await must("stat -c %a var etc")).toBe("711\n750\n");
    expect(stack.resource("var").inputs["drift"]).toStrictEqual({});
    expect(ok(await stack.preview("--diff", "--refresh", "--expect-no-changes"))).not.toMatch(/drift/);
  });
});

import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { useRules } from "../support/claims-scene";
import { ok, section, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";

describe("rules of a jail", () => {
  const { begin, declare, modes, two } = useRules();
  const one = { match: "a", directoryMode: "0711" };
  let stack: Stack;

  // The tests follow one stack through the changes of a program: each begins where the last one ended.
  beforeAll(async () => {
    stack = await begin({ one });
    ok(await stack.up());
  });

  test("one that is added is previewed alone and does only its own", async () => {
    declare({ one, two });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "two", "create")).toStrictEqual({ b: ":www => :root" });
    assert.equal(section(preview, "app"), undefined, "the jail does not change for it");
    expect(preview).toMatch(/\+ 1 to create\n +3 unchanged/);
    ok(await stack.up());
    expect(await modes()).toBe("a root:www 711\nb root:root 750");
  });

  test("one that is changed shows its argument and what that does", async () => {
    declare({ one: { match: "a", directoryMode: "0700" }, two });
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, "one") ?? "").toMatch(/directoryMode: "0711" => "0700"/);
    expect(shownDrift(preview, "one")).toStrictEqual({ a: "0711 => 0700" });
    expect(preview).toMatch(/~ 1 to update\n +3 unchanged/);
    ok(await stack.up());
    expect(await modes()).toBe("a root:www 700\nb root:root 750");
  });

  test("those that change their order in the program change nothing", async () => {
    declare({ two, one: { match: "a", directoryMode: "0700" } });
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/4 unchanged/);
  });
});

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { ok, section, shownDrift } from "../support/e2e";
import { useRefreshedJail } from "../support/refreshed-jail";

describe("a refresh", () => {
  const { lab, shared, must } = useRefreshedJail();

  test("in a preview shows live => declared, with one connection and one scan", async () => {
    const { stack } = shared;
    await must("chmod 777 var etc");
    lab.host.resetCounts();
    const preview = ok(await stack.preview("--diff", "--refresh"));
    expect([lab.host.connections(), lab.host.scans()]).toStrictEqual([1, 1]);
    expect(shownDrift(preview, "var", "refresh")).toStrictEqual({ var: "0777" });
    expect(section(preview, "var") ?? "").toMatch(/~ var: "0777" => "0711"/);
    expect(section(preview, "app") ?? "").toMatch(/~ etc: "root:www 0777" => "root:www 0750"/);
    assert.deepEqual(stack.resource("var").outputs["drift"], {}, "a preview keeps nothing");
    expect(ok(await stack.up("--refresh"))).toMatch(/~ 2 updated/);
    expect(await must("stat -c %a var etc")).toBe("711\n750\n");
    const again = ok(await stack.preview("--diff", "--refresh", "--expect-no-changes"));
    expect(again).not.toMatch(/drift/);
  });

  test("that the project asks for always works as well", async () => {
    const { stack } = shared;
    appendFileSync(join(stack.directory, "Pulumi.yaml"), "options: { refresh: always }\n");
    await must("chmod 777 var");
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, "var") ?? "").toMatch(/~ var: "0777" => "0711"/);
    expect(section(preview, "app")).toBe(undefined);
    ok(await stack.up());
    expect(await must("stat -c %a var")).toBe("711\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });
});

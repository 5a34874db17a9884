import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, section, shownDrift, useLab } from "../support/e2e";
import type { Stack } from "../support/stack";

describe("a refresh", () => {
  const lab = useLab();
  let stack: Stack;
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    stack = await lab.stack();
    stack.declare({
      jails: { app: lab.jail("/srv/app", { directories: { etc: "settings", var: "data" } }) },
      rules: { var: { jail: "app", match: "var", directoryMode: "0711" } },
    });
    ok(await stack.up());
  });

  test("in a preview shows live => declared, with one connection and one scan", async () => {
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

  test("of its own shows the drift, keeps it in the state, and the next preview and up go on from there", async () => {
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

  test("leaves no line about what was repaired by hand since, also when something else has drifted", async () => {
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

  test("that the project asks for always works as well", async () => {
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

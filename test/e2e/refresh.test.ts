import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { ok, section, shownDrift, skip, useLab } from "../support/e2e";
import type { Stack } from "../support/stack";

describe("a refresh", { skip }, () => {
  const lab = useLab();
  let stack: Stack;
  const must = (script: string) => lab.host.must(`cd /srv/app && ${script}`);

  // One stack for all: each test leaves the jail as it is declared.
  before(async () => {
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
    assert.deepEqual([lab.host.connections(), lab.host.scans()], [1, 1]);
    assert.deepEqual(shownDrift(preview, "var", "refresh"), { var: "0777" });
    assert.match(section(preview, "var") ?? "", /~ var: "0777" => "0711"/);
    assert.match(section(preview, "app") ?? "", /~ etc: "root:www 0777" => "root:www 0750"/);
    assert.deepEqual(stack.resource("var").outputs["drift"], {}, "a preview keeps nothing");
    assert.match(ok(await stack.up("--refresh")), /~ 2 updated/);
    assert.equal(await must("stat -c %a var etc"), "711\n750\n");
    const again = ok(await stack.preview("--diff", "--refresh", "--expect-no-changes"));
    assert.doesNotMatch(again, /drift/);
  });

  test("of its own shows the drift, keeps it in the state, and the next preview and up go on from there", async () => {
    await must("chmod 777 var etc");
    const shown = ok(await stack.pulumi("refresh", "--preview-only", "--diff"));
    assert.deepEqual(shownDrift(shown, "var"), { var: "0777" });
    assert.deepEqual(stack.resource("var").inputs["drift"], {}, "--preview-only keeps nothing");
    ok(await stack.refresh());
    assert.deepEqual(stack.resource("var").outputs["drift"], { var: "0777" });
    const preview = ok(await stack.preview("--diff"));
    assert.match(section(preview, "var") ?? "", /~ var: "0777" => "0711"/);
    assert.match(ok(await stack.up()), /~ 2 updated/);
    assert.equal(await must("stat -c %a var etc"), "711\n750\n");
    assert.deepEqual(stack.resource("var").inputs["drift"], {});
    assert.doesNotMatch(ok(await stack.preview("--diff", "--refresh", "--expect-no-changes")), /drift/);
  });

  test("leaves no line about what was repaired by hand since, also when something else has drifted", async () => {
    await must("chmod 777 etc && chmod 700 .");
    ok(await stack.refresh());
    await must("chmod 750 etc");
    const preview = ok(await stack.preview("--diff"));
    assert.deepEqual(shownDrift(preview, "app"), { ".": "root:www 0700 => root:www 0750, LOOSER" });
    await must("chmod 750 .");
    assert.doesNotMatch(ok(await stack.preview("--diff", "--expect-no-changes")), /drift/);
    await must("chmod 701 .");
    // What the refresh saw, what is there now, and what is declared.
    assert.deepEqual(shownDrift(ok(await stack.preview("--diff")), "app"), {
      ".": "root:www 0700 => root:www 0701 => root:www 0750, LOOSER",
    });
    ok(await stack.up());
    assert.deepEqual(stack.resource("app").inputs["drift"], {});
  });

  test("that the project asks for always works as well", async () => {
    appendFileSync(join(stack.directory, "Pulumi.yaml"), "options: { refresh: always }\n");
    await must("chmod 777 var");
    const preview = ok(await stack.preview("--diff"));
    assert.match(section(preview, "var") ?? "", /~ var: "0777" => "0711"/);
    assert.equal(section(preview, "app"), undefined);
    ok(await stack.up());
    assert.equal(await must("stat -c %a var"), "711\n");
    assert.match(ok(await stack.preview("--expect-no-changes")), /3 unchanged/);
  });
});

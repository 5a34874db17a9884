import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { doors } from "../support/doors";
import { useDrift } from "../support/drift-scene";
import { linesWith, ok, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";

describe.each(doors)("drift over $name", (door) => {
  const { lab, must, begin } = useDrift(door);
  const rule = door.nameOf("var");
  const unchanged = new RegExp(`${door.beside + 2} unchanged`);
  let stack: Stack;

  // One stack for all tests: each test leaves the jail as declared.
  beforeAll(async () => {
    stack = await begin();
  });

  test("the log has a line for each path under its resource, with host, path, live, age, declared, rule and reason", async () => {
    await must("chmod 777 var && chown www etc/conf");
    const { code, diagnostics, steps, changeSummary } = await stack.json();
    await must("chmod 711 var && chown root etc/conf");
    const place = `root@127.0.0.1:${lab.host.port}:/srv/app`;
    expect(code).toBe(0);
    const said = (name: string) =>
      diagnostics
        .filter(({ urn }) => urn?.endsWith(`::${name}`))
        .map(({ message, severity }) => `${severity} ${message?.trim()}`.replace(/\(changed [^)]+ ago\)/, "(AGE)"));
    expect(said(rule)).toStrictEqual([
      `info ${place}/var is :root 0777 (AGE), declared :root 0711 (${door.labelOf("PermissionRule", rule)}: only the way)`,
    ]);
    expect(said("app")).toStrictEqual([
      `info ${place}/etc/conf is www:www 0640 (AGE), declared root:www 0640 (${door.labelOf("Jail", "app")}: baseline)`,
      `info ${place}: not declared by any resource, held to the baseline (undeclared: "ignore" ends this line): etc/conf, etc/dir.d, etc/key, etc/tool`,
    ]);
    expect(changeSummary).toStrictEqual({ same: door.beside, update: 2 });
    const step = steps.find(({ urn, op }) => op === "update" && urn.endsWith(`::${rule}`));
    const text = door.readsFirst ? ":root 0711" : ":root 0777 => :root 0711";
    expect(step?.newState?.inputs["drift"]).toStrictEqual({ var: text });
    expect(Object.keys(step?.detailedDiff ?? {})).toStrictEqual(["drift.var"]);
  });

  test("the tree view says [diff: ~drift], and --expect-no-changes fails as long as there is drift", async () => {
    await must("chmod 777 var");
    const preview = await stack.preview("--expect-no-changes");
    expect(preview.code).not.toBe(0);
    expect(preview.output).toMatch(new RegExp(`~ +${door.typeOf("PermissionRule")} ${rule} update \\[diff: ~drift\\]`));
    expect(preview.output).toMatch(
      new RegExp(
        `PermissionRule \\(${rule}\\):\\n.*:/srv/app/var is :root 0777 \\(changed [^)]+ ago\\), declared :root 0711`,
      ),
    );
    const up = ok(await stack.up());
    expect(up).toMatch(new RegExp(`PermissionRule \\(${rule}\\):\\n.*:/srv/app/var was :root 0777, is now :root 0711`));
    const history = await lab.host.must("tail -n 1 /var/lib/pulumi-chroot/*/permissions.history");
    expect(JSON.parse(history)).toMatchObject({ path: "var", was: ":root 0777", stack: "e2e/dev" });
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(unchanged);
    expect(stack.resource(rule).outputs["drift"]).toStrictEqual({});
    expect(stack.resource(rule).inputs["drift"]).toStrictEqual(door.readsFirst ? { var: ":root 0711" } : {});
  });

  test("of many drifted paths the worst are listed and logged one by one, the others as directories, and a file has all", async () => {
    await must(
      "cd etc && for i in $(seq 1000 1249); do : >f$i; done; : >planted; chmod 4755 planted; : >shut; chmod 600 shut",
    );
    const preview = ok(await stack.preview("--diff"));
    const drift = shownDrift(preview, "app") ?? {};
    expect(drift).toStrictEqual({
      "(etc/*)": `250 files root:root 0644 => ${door.readsFirst ? "250 files root:www 0640, as declared" : "root:www 0640"}`,
      "etc/planted": "root:root 4755 => root:www 0640",
      "etc/shut": "root:root 0600 => root:www 0640, LOOSER",
    });
    expect(preview).toMatch(/etc\/planted is root:root 4755 .*\n.*etc\/shut is root:root 0600 .*LOOSER/);
    expect(linesWith(preview, "/srv/app: etc/*: 250 files root:root 0644 => root:www 0640").length).toBe(1);
    const [, list = ""] = /252 paths differ; the whole list is in (\S+)/.exec(preview) ?? [];
    const lines = readFileSync(list, "utf8").trimEnd().split("\n");
    expect(lines.length).toBe(252);
    expect(lines[0] ?? "").toMatch(/^etc\/planted: root:root 4755 => root:www 0640 \(/);
    const up = ok(await stack.up());
    expect(up).toMatch(/etc\/planted was root:root 4755, is now root:www 0640/);
    expect(up).toMatch(/etc\/\*: 250 files root:root 0644 => root:www 0640, repaired/);
    expect(up).toMatch(/252 paths were repaired; the whole list is in \S+\.repaired\.txt/);
    expect((await must("find etc -name 'f1*' -group www -perm 640 | wc -l")).trim()).toBe("250");
    await must("rm etc/f1* etc/planted etc/shut");
  });
});

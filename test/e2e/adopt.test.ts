import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { failed, ok, section, shownDrift, useLab } from "../support/e2e";

describe("a new jail", () => {
  const lab = useLab();

  test("over a tree of somebody else it shows everything, refuses and touches nothing, until adopt: true", async () => {
    const root = "/srv/old";
    const tree = `cd ${root} && find . -printf '%P %U %G %m %C@ %i\\n' | sort`;
    await lab.host.must(
      `mkdir -p ${root}/etc && cd ${root} && echo a >etc/conf && echo b >key && chmod 600 key && chown www etc`,
    );
    const before = await lab.host.must(tree);
    const stack = await lab.stack();
    const declare = (adopt: boolean) =>
      stack.declare({
        jails: { app: lab.jail(root, { adopt, directories: { etc: "settings", var: "data" } }) },
        rules: { key: { jail: "app", match: "key", group: "root", fileMode: "0400" } },
      });
    const drift = {
      ".": "root:root 0755 => root:www 0750",
      etc: "www:root 0755 => root:www 0750",
      "etc/conf": "root:root 0644 => root:www 0640",
      var: "absent => root:www 0750 directory",
    };

    declare(false);
    const preview = ok(await stack.preview("--diff"));
    const { "(host)": host, ...shown } = shownDrift(preview, "app", "create") ?? {};
    expect(shown).toStrictEqual(drift);
    expect(host ?? "").toMatch(/^refused: set adopt: true .* it holds 3 entries/);
    const rule = { "(host)": host, key: ":root 0600 => :root 0400" };
    assert.deepEqual(shownDrift(preview, "key", "create"), rule, "a rule is refused as its jail is");
    const up = failed(await stack.up());
    expect(up).toMatch(/Jail::app is refused: root@127\.0\.0\.1:\d+:\/srv\/old: set adopt: true .* it holds 3 entries/);
    assert.equal(await lab.host.must(tree), before, "a refusal touches nothing");
    expect((await lab.host.sh("ls -d /var/lib/pulumi-chroot/old-*")).stdout).toBe("");

    declare(true);
    const adopting = ok(await stack.preview("--diff"));
    expect(shownDrift(adopting, "app", "create")).toStrictEqual(drift);
    expect(section(adopting, "app", "create") ?? "").toMatch(/adopt +: true/);
    assert.equal(await lab.host.must(tree), before, "a preview touches nothing");
    ok(await stack.up());
    expect(await lab.host.must(`cd ${root} && stat -c '%n %U:%G %a' . etc etc/conf key var && cat key`)).toBe(
      ". root:www 750\netc root:www 750\netc/conf root:www 640\nkey root:root 400\nvar root:www 750\nb\n",
    );
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });

  test("a mode that the adoption would open is marked LOOSER", async () => {
    await lab.host.must(
      "mkdir -p /srv/loose && touch /srv/loose/secret && chmod 600 /srv/loose/secret && chgrp -R www /srv/loose",
    );
    const stack = await lab.stack();
    stack.declare({ jails: { app: lab.jail("/srv/loose", { adopt: true }) } });
    expect(shownDrift(ok(await stack.preview("--diff")), "app", "create")).toStrictEqual({
      ".": "root:www 0755 => root:www 0750",
      secret: "root:www 0600 => root:www 0640, LOOSER",
    });
  });
});

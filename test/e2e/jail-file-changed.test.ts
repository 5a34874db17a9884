import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { useFiles } from "../support/jail-file-scene";
import type { Stack } from "../support/stack";

describe("a file in a jail", () => {
  const { lab, root, begin } = useFiles();
  const inode = (path: string) => lab.host.must(`stat -c '%i %Z' ${root}/${path}`);
  let stack: Stack;

  // One stack for both tests: each test leaves the files as declared.
  beforeAll(async () => {
    stack = await begin();
    ok(await stack.up());
  });

  test("that was changed shows what is there and what is declared, and comes back", async () => {
    const before = await inode("etc/motd");
    await lab.host.must(
      `cd ${root}/etc && printf 'listen 81\\nworkers 2\\n' >app.conf && chmod 666 motd && echo other >/etc/hostname && ln -sf nowhere link && ln -sfn /etc/passwd /etc/app.conf`,
    );
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "conf")?.["etc/app.conf"] ?? "").toMatch(
      /^0644 sha256:[0-9a-f]{8} => 0644 sha256:[0-9a-f]{8}$/,
    );
    expect(shownDrift(preview, "conf")?.["/etc/app.conf"]).toBe(`-> /etc/passwd => -> ${root}/etc/app.conf`);
    expect(shownDrift(preview, "motd")).toStrictEqual({ "etc/motd": "www 0666 => www 0600" });
    expect(shownDrift(preview, "link")).toStrictEqual({ "etc/link": "-> nowhere => -> app.conf" });
    expect(shownDrift(preview, "zone")?.["etc/localtime"] ?? "").toMatch(/as the host's \/etc\/hostname$/);
    ok(await stack.up());
    expect(await lab.host.must(`cat ${root}/etc/app.conf ${root}/etc/localtime`)).toBe("listen 80\nworkers 2\nother\n");
    assert.equal(
      (await inode("etc/motd")).split(" ")[0],
      before.split(" ")[0],
      "a file whose content is right is not sent again",
    );
    expect(await lab.host.must("cd /var/lib/pulumi-chroot/*/backup; ls | grep -v index | xargs sort")).toBe(
      "lab\nlisten 81\nworkers 2\n",
    );
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
  });

  test("that is text shows line by line in the log what has changed", async () => {
    await lab.host.must(`cd ${root}/etc && printf 'listen 80\\nworkers 3\\n' >app.conf && echo goodbye >motd`);
    const preview = ok(await stack.preview());
    expect(preview).toMatch(
      /etc\/app\.conf is 0644 sha256:.*\n(.*\n)?.*@@ -1,2 \+1,2 @@\n.* listen 80\n.*-workers 3\n.*\+workers 2/,
    );
    ok(await stack.up());
  });
});

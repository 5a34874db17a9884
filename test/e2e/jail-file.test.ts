import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";
import type { DeclaredFile } from "../support/program";
import type { Stack } from "../support/stack";

describe("a file in a jail", () => {
  const lab = useLab();
  const root = "/srv/files";
  let stack: Stack;
  let files: Record<string, DeclaredFile>;
  const declare = (more: Record<string, Partial<DeclaredFile>> = {}) => {
    const all = Object.entries(files).map(([name, file]) => [name, { ...file, ...more[name] }]);
    stack.declare({ jails: { app: lab.jail(root) }, files: Object.fromEntries(all) });
  };
  const stat = (path: string) => lab.host.must(`stat -c '%U:%G %a %F' ${root}/${path}`);
  const inode = (path: string) => lab.host.must(`stat -c '%i %Z' ${root}/${path}`);

  beforeAll(async () => {
    stack = await lab.stack();
    writeFileSync(join(stack.directory, "app.conf"), "listen 80\nworkers 2\n");
    files = {
      conf: { jail: "app", path: "etc/app.conf", source: "app.conf", mode: "0644", hostLink: "/etc/app.conf" },
      motd: { jail: "app", path: "etc/motd", content: "welcome\n", owner: "www", mode: "0600" },
      zone: { jail: "app", path: "etc/localtime", hostFile: "/etc/hostname" },
      link: { jail: "app", path: "etc/link", symlinkTo: "app.conf" },
    };
    await lab.host.must("echo lab >/etc/hostname");
  });

  test("is previewed, made with its owner and mode, and then there is nothing to do", async () => {
    declare();
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "motd", "create")).toStrictEqual({
      "etc/motd": "absent => www:www 0600 file sha256:77f44b90 8 bytes",
    });
    ok(await stack.up());
    expect(await stat("etc/app.conf")).toBe("root:www 644 regular file\n");
    expect(await stat("etc/motd")).toBe("www:www 600 regular file\n");
    expect(await lab.host.must(`cat ${root}/etc/app.conf ${root}/etc/motd ${root}/etc/localtime`)).toBe(
      "listen 80\nworkers 2\nwelcome\nlab\n",
    );
    expect(await lab.host.must(`readlink ${root}/etc/link /etc/app.conf`)).toBe(`app.conf\n${root}/etc/app.conf\n`);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
    assert.equal(await lab.host.must(`ls -A ${root}`), "etc\n", "nothing that was staged is left");
    expect(ok(await stack.refresh("--expect-no-changes", "--diff"))).toMatch(/unchanged/);
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

  test("of many that change together runs what makes them count once, and all come back when that fails", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `part-${index}`);
    const parts = (text: string, onChange: string[]): Record<string, DeclaredFile> =>
      Object.fromEntries(
        names.map((name) => [name, { jail: "app", path: `parts/${name}`, content: `${text} ${name}\n`, onChange }]),
      );
    const before = files;
    const count = ["sh", "-c", "echo x >>/run/lab/reloads"];
    await lab.host.must("mkdir -p /run/lab");
    files = { ...before, ...parts("one", count) };
    declare();
    ok(await stack.up());
    expect(await lab.host.must("cat /run/lab/reloads")).toBe("x\n");
    ok(await stack.preview("--expect-no-changes"));
    const inodes = () => lab.host.must(`cd ${root}/parts && stat -c '%n %i %a' *`);
    const kept = await inodes();
    files = { ...before, ...parts("two", ["sh", "-c", "echo cannot reload >&2; exit 3"]) };
    declare();
    const up = failed(await stack.up());
    expect(up).toMatch(
      /sh -c 'echo cannot reload >&2; exit 3' has failed: exit status 3: cannot reload; the file is as it was before/,
    );
    assert.equal(await inodes(), kept, "the same files are back");
    expect(await lab.host.must(`cat ${root}/parts/part-3`)).toMatch(/^one part-3/);
    files = { ...before, ...parts("two", count) };
    declare();
    ok(await stack.up());
    expect(await lab.host.must("cat /run/lab/reloads")).toBe("x\nx\n");
    files = before;
    declare();
    ok(await stack.up());
    expect((await lab.host.must(`ls ${root}/parts`)).trim()).toBe("");
  });

  test("goes with its resource, where it was not there before", async () => {
    const { motd: _, conf: _conf, ...rest } = files;
    files = rest;
    declare();
    ok(await stack.up());
    expect(await lab.host.must(`ls -A ${root}/etc; ls -A /etc/app.conf 2>/dev/null || :`)).toBe("link\nlocaltime\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
  });

  test("that is replaced tells each of its lines once, in the preview and in the up", async () => {
    files["zone"] = { jail: "app", path: "etc/moved", hostFile: "/etc/hostname" };
    declare();
    const place = `:${root}/etc/moved`;
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/\+-1 to replace/);
    expect(linesWith(preview, `${place} is absent, declared `).length).toBe(1);
    expect(linesWith(ok(await stack.up("--diff")), `${place} was absent, is now `).length).toBe(1);
    expect(await lab.host.must(`ls ${root}/etc`)).toBe("link\nmoved\n");
  });

  test("is refused where it cannot be, with what to do, and nothing is touched", async () => {
    await lab.host.must(
      `mkdir -p ${root}/etc/dir; chown root:www ${root}/etc/dir; chmod 750 ${root}/etc/dir; ln -s etc ${root}/way; chown -h www ${root}/way; echo real >/etc/real.conf`,
    );
    const before = await lab.host.must(`find ${root} /etc/real.conf -printf '%p %i %C@\\n'`);
    files = {
      ...files,
      dir: { jail: "app", path: "etc/dir", content: "x" },
      way: { jail: "app", path: "way/x", content: "x" },
      over: { jail: "app", path: "etc/over", content: "x", hostLink: "/etc/real.conf" },
      none: { jail: "app", path: "etc/none", hostFile: "/etc/no-such-file" },
    };
    declare();
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/etc\/dir is a directory: remove it/);
    expect(preview).toMatch(
      /way, which is above way\/x, is a link that others than root may change, or could until now: declare etc\/x, /,
    );
    expect(preview).toMatch(/\/etc\/real.conf is a file: move it away, or set overwrite: true/);
    expect(preview).toMatch(/the host has no file \/etc\/no-such-file that could be read/);
    failed(await stack.up());
    expect(await lab.host.must(`find ${root} /etc/real.conf -printf '%p %i %C@\\n'`)).toBe(before);
    expect(linesWith(preview, "not checked").length).toBe(0);
  });
});

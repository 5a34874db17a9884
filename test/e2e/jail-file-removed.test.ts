import { beforeAll, describe, expect, test } from "@jest/globals";
import { linesWith, ok } from "../support/e2e";
import { useFiles } from "../support/jail-file-scene";
import type { Stack } from "../support/stack";

describe("a file in a jail", () => {
  const { lab, root, files, begin, declare } = useFiles();
  const { motd: _, conf: _conf, ...rest } = files;
  let stack: Stack;

  // The second test begins where the first one ended.
  beforeAll(async () => {
    stack = await begin();
    ok(await stack.up());
  });

  test("goes with its resource, where it was not there before", async () => {
    declare(rest);
    const up = ok(await stack.up("--diff", "--skip-preview=false"));
    const place = `:${root}/etc/motd`;
    expect(
      linesWith(up, `${place}: JailFile::motd is no longer declared, and its deletion removes this file`).length,
    ).toBe(1);
    expect(linesWith(up, `${place} was root:www 0640 file, is now absent (JailFile::motd is deleted)`).length).toBe(1);
    expect(linesWith(up, "not declared by any resource")).toStrictEqual([]);
    expect(await lab.host.must(`ls -A ${root}/etc; ls -A /etc/app.conf 2>/dev/null || :`)).toBe("link\nlocaltime\n");
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
  });

  test("that is replaced tells each of its lines once, in the preview and in the up", async () => {
    declare({ ...rest, zone: { jail: "app", path: "etc/moved", hostFile: "/etc/hostname" } });
    const place = `:${root}/etc/moved`;
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/\+-1 to replace/);
    expect(linesWith(preview, `${place} is absent, declared `).length).toBe(1);
    expect(linesWith(ok(await stack.up("--diff")), `${place} was absent, is now `).length).toBe(1);
    expect(await lab.host.must(`ls ${root}/etc`)).toBe("link\nmoved\n");
  });
});

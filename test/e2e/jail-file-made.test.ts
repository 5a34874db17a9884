import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, shownDrift } from "../support/e2e";
import { useFiles } from "../support/jail-file-scene";
import type { Stack } from "../support/stack";

describe("a file in a jail", () => {
  const { lab, root, begin } = useFiles();
  const stat = (path: string) => lab.host.must(`stat -c '%U:%G %a %F' ${root}/${path}`);
  let stack: Stack;

  beforeAll(async () => {
    stack = await begin();
  });

  test("is previewed, made with its owner and mode, and then there is nothing to do", async () => {
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
});

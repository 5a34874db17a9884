import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok } from "../support/e2e";
import { useFiles } from "../support/jail-file-scene";
import type { Stack } from "../support/stack";

describe("a file in a jail", () => {
  const { lab, root, files, begin, declare } = useFiles();
  let stack: Stack;

  beforeAll(async () => {
    stack = await begin();
    ok(await stack.up());
  });

  test("is refused where it cannot be, with what to do, and nothing is touched", async () => {
    await lab.host.must(
      `mkdir -p ${root}/etc/dir; chown root:www ${root}/etc/dir; chmod 750 ${root}/etc/dir; ln -s etc ${root}/way; chown -h www ${root}/way; echo real >/etc/real.conf`,
    );
    const before = await lab.host.must(`find ${root} /etc/real.conf -printf '%p %i %C@\\n'`);
    declare({
      ...files,
      dir: { jail: "app", path: "etc/dir", content: "x" },
      way: { jail: "app", path: "way/x", content: "x" },
      over: { jail: "app", path: "etc/over", content: "x", hostLink: "/etc/real.conf" },
      none: { jail: "app", path: "etc/none", hostFile: "/etc/no-such-file" },
    });
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/etc\/dir is a directory: remove it/);
    expect(preview).toMatch(
      /way, which is above way\/x, is a link that users other than root may change, or could until now: declare etc\/x, /,
    );
    expect(preview).toMatch(/\/etc\/real.conf is a file: move it away, or set overwrite: true/);
    expect(preview).toMatch(/the host has no file \/etc\/no-such-file that could be read/);
    failed(await stack.up());
    expect(await lab.host.must(`find ${root} /etc/real.conf -printf '%p %i %C@\\n'`)).toBe(before);
    expect(linesWith(preview, "not checked").length).toBe(0);
  });
});

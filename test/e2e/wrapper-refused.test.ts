import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok } from "../support/e2e";
import type { Stack } from "../support/stack";
import { useWrapper } from "../support/wrapper-scene";

describe("a wrapper", () => {
  const { lab, root, begin, declare } = useWrapper();
  let stack: Stack;

  beforeAll(async () => {
    stack = await begin();
    ok(await stack.up());
  });

  test("that a jail could reach is refused, as is a unit where systemd is not what runs the host", async () => {
    await lab.host.must(`mkdir -p ${root}/mnt; mount --bind /etc/jails ${root}/mnt`);
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/can be reached from a jail: \/srv\/wrapped\/mnt there shows the directory that it is in/);
    failed(await stack.up());
    await lab.host.must(`umount ${root}/mnt; rmdir ${root}/mnt`);
    declare({ kind: "systemd", path: "/etc/systemd/system/sleeper.service" });
    expect(ok(await stack.preview("--diff"))).toMatch(/this host does not run systemd/);
    declare({ path: "/srv/wrapped/start" });
    expect(failed(await stack.preview())).toMatch(/is in the jail/);
    declare();
    ok(await stack.up());
  });
});

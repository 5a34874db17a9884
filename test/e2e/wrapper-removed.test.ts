import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type * as chroot from "../../provider";
import { failed, linesWith, ok } from "../support/e2e";
import { walk } from "../support/jail-site";
import type { Stack } from "../support/stack";
import { useWrapper } from "../support/wrapper-scene";

describe("a wrapper", () => {
  const { lab, path, jail: jailArgs, begin, start, stop, pretendSystemd } = useWrapper();
  let stack: Stack;

  beforeAll(async () => {
    await pretendSystemd();
    stack = await begin();
    ok(await stack.up());
  });

  test("goes with its resource", async () => {
    stack.program<object>(({ Jail }, jail) => new Jail("app", jail as chroot.JailArgs), jailArgs());
    const up = ok(await stack.up());
    expect(linesWith(up, "error").length).toBe(0);
    expect((await lab.host.sh(`ls ${path}`)).code).toBe(2);
  });

  test("goes with its jail where that is to go, and the host is as it was before", async () => {
    const [gone, unit] = ["/srv/new/jail", "/etc/systemd/system/gone.service"];
    const removed = await lab.stack();
    const from = (onDelete: "keep" | "removeCreated") =>
      removed.program<{ jail: object; unit: string }>(
        ({ Jail, JailFile, Wrapper }, given) => {
          const jail = new Jail("app", given.jail as chroot.JailArgs);
          const path = "etc/app.conf";
          new JailFile("conf", { jail, path, content: "x", hostLink: "/etc/app.conf", reason: "a test" });
          const command = ["/bin/sleep", "1000"];
          new Wrapper("gone", { jail, kind: "systemd", path: given.unit, command, reason: "a test" });
        },
        {
          jail: {
            devices: { null: "a test" },
            writable: { spool: "a test" },
            onDelete,
            ...jailArgs(gone),
          },
          unit,
        },
      );
    const tree = (top: string, more: "ctime" | "" = "") =>
      [...walk(lab.host.path(top))].map(([path, { type, mode, uid, gid, target, ctime }]) =>
        [path, type, mode, uid, gid, target, more === "" ? "" : ctime].join(" "),
      );
    const before = [tree("/srv"), tree("/etc")];
    from("keep");
    ok(await removed.up());
    const made = tree("/srv", "ctime");
    from("removeCreated");
    expect(ok(await removed.up())).toMatch(/1 updated/);
    assert.deepEqual(tree("/srv", "ctime"), made, "only the record was written");

    const pid = await start("/usr/sbin/chroot", gone, "/bin/sleep", "1000");
    expect(failed(await removed.destroy())).toMatch(
      new RegExp(`Jail::app is not removed: .*:${gone}: process ${pid} \\(.*sleep\\) has it as its root`),
    );
    assert.deepEqual(tree("/srv", "ctime"), made, "nothing was touched");
    await stop();
    const output = ok(await removed.destroy());
    expect(output).toMatch(new RegExp(`:${gone}: removed: .*\\d+ files`));
    expect([tree("/srv"), tree("/etc")]).toStrictEqual(before);
  });
});

import { describe, expect, test } from "@jest/globals";
import { doors, usePlugin } from "../support/doors";
import { ok, useLab } from "../support/e2e";
import { runOwnCommand } from "../support/own-command";
import { fill } from "../support/program";

const plugin = doors.find(({ name }) => name === "plugin");

describe("a look for drift at a stack of the plugin", () => {
  const lab = useLab();

  test("sees the jail and the rules of a JailBundle", async () => {
    const stack = await lab.stack({ project: "bundle" });
    const jail = lab.jail("/srv/bundle", { directories: { var: "data" } });
    plugin?.declare(stack, {
      jails: { app: jail },
      rules: { var: { jail: "app", match: "var", directoryMode: "0711" } },
    });
    ok(await stack.up());
    expect(await runOwnCommand(stack, "drift")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/1 in sync/),
    });
    await lab.host.must("chmod 777 /srv/bundle/var");
    const { status, stdout } = await runOwnCommand(stack, "drift");
    expect(stdout).toMatch(/^differs +var +0777 => 0711/m);
    expect(status).toBe(2);
  });

  test("reaches a resource without a connection by that of its provider", async () => {
    const stack = await lab.stack({ project: "alone" });
    usePlugin(stack);
    ok(await stack.pulumi("config", "set", "--secret", "chroot:connection", JSON.stringify(lab.host.connection)));
    const { app } = fill({ jails: { app: lab.jail("/srv/alone") } }).jails;
    stack.program((_, args, pulumi) => {
      class Plain extends pulumi.CustomResource {}
      new Plain("chroot:index:Jail", "app", { ...args, connection: undefined });
    }, app);
    ok(await stack.up());
    await lab.host.must("chmod 777 /srv/alone");
    const { status, stdout } = await runOwnCommand(stack, "drift");
    expect(stdout).toMatch(/^differs +\. +0777 => 0750/m);
    expect(status).toBe(2);
  });
});

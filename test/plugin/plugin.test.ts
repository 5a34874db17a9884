import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { usePlugin } from "../support/doors";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import { fill } from "../support/program";
import type { Stack } from "../support/stack";

const executable = join(__dirname, "..", "..", "..", "plugin", "pulumi-resource-chroot");

describe("the plugin", () => {
  const lab = useLab();

  const stackWithPlugin = async (): Promise<Stack> => {
    const stack = await lab.stack();
    usePlugin(stack);
    return stack;
  };

  test("has resources alone, whose connection is the provider's, and keeps no key in the clear", async () => {
    const stack = await stackWithPlugin();
    const { connection } = lab.host;
    ok(await stack.pulumi("config", "set", "--secret", "chroot:connection", JSON.stringify(connection)));
    const { app } = fill({ jails: { app: lab.jail("/srv/alone", { directories: { var: "data" } }) } }).jails;
    if (!app) throw new Error("the jail is filled in");
    stack.program((_, { connection: _none, ...args }, pulumi) => {
      class Plain extends pulumi.CustomResource {}
      const jail = new Plain("chroot:index:Jail", "app", args);
      const rule = { match: "var", directoryMode: "0711", reason: "only the way", jail: { root: args.root } };
      new Plain("chroot:index:PermissionRule", "var", rule, { dependsOn: jail });
    }, app);
    ok(await stack.up());
    expect(await lab.host.must("stat -c %a /srv/alone/var")).toBe("711\n");
    await lab.host.must("chmod 777 /srv/alone/var");
    expect(shownDrift(ok(await stack.preview("--diff")), "var")).toStrictEqual({ var: "0777 => 0711" });
    ok(await stack.up());
    ok(await stack.up());
    ok(await stack.preview("--expect-no-changes"));
    expect(stack.stateText()).not.toMatch(/BEGIN OPENSSH/);
    ok(await stack.destroy());
  });

  test("refuses a mistake in an argument, and adopt of a Jail alone, with the property", async () => {
    const stack = await stackWithPlugin();
    const { app } = fill({ jails: { app: lab.jail("/srv/alone", { adopt: true, user: "no one" }) } }).jails;
    if (!app) throw new Error("the jail is filled in");
    stack.program((_, args, pulumi) => {
      class Plain extends pulumi.CustomResource {}
      new Plain("chroot:index:Jail", "app", args);
    }, app);
    const output = failed(await stack.preview());
    expect(output).toMatch(/chroot:index:Jail resource 'app': property user value .* has a problem: "no one" is not/);
    expect(output).toMatch(/property adopt .*declare the jail and its rules as a JailBundle/);
    expect(output).not.toMatch(/exited prematurely|at .*\.js:/);
  });

  test("ends with the engine that started it, by a signal or by the end of its input", async () => {
    for (const how of ["SIGINT", "SIGTERM", "input"] as const) {
      const plugin = spawn(executable, ["127.0.0.1:1"], { stdio: ["pipe", "pipe", "inherit"] });
      const ended = once(plugin, "exit");
      const [port] = (await once(plugin.stdout, "data")) as [Buffer];
      expect(port.toString()).toMatch(/^\d+\n$/);
      if (how === "input") plugin.stdin.end();
      else plugin.kill(how);
      expect(await ended).toStrictEqual([0, null]);
    }
  });
});

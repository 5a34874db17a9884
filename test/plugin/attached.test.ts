import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { linesWith, ok, shownDrift, useLab } from "../support/e2e";
import { fill } from "../support/program";

const executable = join(__dirname, "..", "..", "..", "plugin", "pulumi-resource-chroot");

describe("a plugin that runs already", () => {
  const lab = useLab();

  test("is attached to, logs to the engine, and shows a name that is no UTF-8", async () => {
    const plugin = spawn(executable, [], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(plugin, "exit");
    try {
      const [port] = (await once(plugin.stdout, "data")) as [Buffer];
      // This project names no plugin: there is no other way to one.
      const stack = await lab.stack();
      stack.env["PULUMI_DEBUG_PROVIDERS"] = `chroot:${port.toString().trim()}`;
      const { app } = fill({ jails: { app: lab.jail("/srv/app", { directories: { var: "data" } }) } }).jails;
      stack.program((_, inputs, pulumi) => {
        new pulumi.ComponentResource("chroot:index:JailBundle", "app", inputs, {}, true);
      }, app ?? {});
      ok(await stack.up());
      await lab.host.must(`cd /srv/app/var; touch "$(printf 'b\\377')"; chmod 666 *`);
      const output = ok(await stack.preview("--diff"));
      expect(shownDrift(output, "app")).toStrictEqual({ "var/b\\xff": "root:root 0666 => root:www 0640" });
      expect(linesWith(output, "/srv/app/var/b\\xff is root:root 0666").length).toBe(1);
      ok(await stack.up());
      expect(await lab.host.must("cd /srv/app/var; stat -c '%U:%G %a' *")).toBe("root:www 640\n");
    } finally {
      plugin.stdin.end();
      expect(await ended).toStrictEqual([0, null]);
    }
  });
});

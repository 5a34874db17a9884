import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { usePlugin } from "../support/doors";
import { failed, ok, useLab } from "../support/e2e";
import { fill, type Program } from "../support/program";
import type { Ran, Stack } from "../support/stack";

/** A resource in a file of `pulumi import`. */
interface Named {
  readonly type: string;
  readonly name: string;
  readonly id?: string;
  readonly [key: string]: unknown;
}

/** A jail and a rule as resources of the plugin that are part of no component, and have no connection. */
const alone: Program<{ jail: object; root: string; rule: object }> = (_, { jail: args, root, rule }, pulumi) => {
  class Plain extends pulumi.CustomResource {}
  const jail = new Plain("chroot:index:Jail", "app", args);
  new Plain("chroot:index:PermissionRule", "var", { ...rule, jail: { root } }, { dependsOn: jail });
};

describe("pulumi import", () => {
  const lab = useLab();
  const directories = { var: "data" };
  const rule = { match: "var", directoryMode: "0711", reason: "only the way" };

  test("takes resources from the registry of the host that the provider is configured for, without a change", async () => {
    const root = "/srv/alone";
    const stack = await lab.stack();
    usePlugin(stack);
    ok(await stack.pulumi("config", "set", "--secret", "chroot:connection", JSON.stringify(lab.host.connection)));
    const { app } = fill({ jails: { app: lab.jail(root, { directories }) } }).jails;
    const { connection: _, ...jail } = app ?? {};
    stack.program(alone, { jail, root, rule });
    ok(await stack.up());
    const { id } = stack.resource("var");
    forget(stack);

    const at = `root@127.0.0.1:${lab.host.port}:${root}`;
    const refused = failed(
      await imported(stack, [
        { type: "chroot:index:Jail", name: "app", id: `${at}/none` },
        { type: "chroot:index:PermissionRule", name: "var", id: `${at}//etc` },
        { type: "chroot:index:PermissionRule", name: "away", id: `root@ns1.example.com:${root}//etc` },
      ]),
    );
    expect(refused).toContain("/srv/alone/none: not registered: the host knows no jail at this root");
    expect(refused).toContain("/srv/alone: the registry has no PermissionRule at etc\n");
    expect(refused).toContain("the id names root@ns1.example.com, and the provider's connection is to root@127.0.0.1");
    expect(refused).not.toMatch(/rpc error|code =|Unknown Error|at .*\.js:/);
    const output = ok(
      await imported(stack, [
        { type: "chroot:index:Jail", name: "app", id: at },
        { type: "chroot:index:PermissionRule", name: "var", id: `${at}//var` },
      ]),
    );
    expect(output).not.toContain("warning");
    expect(stack.resource("var").id).toBe(id);
    // The generated code has the inputs of the state.
    expect(
      [stack.resource("app"), stack.resource("var")].map(({ inputs }) => JSON.stringify(inputs)).join(),
    ).not.toMatch(/connection|privateKey/);
    ok(await stack.preview("--expect-no-changes", "--diff"));
  });

  function imported(stack: Stack, resources: readonly Named[]): Promise<Ran> {
    const file = join(stack.directory, "import.json");
    writeFileSync(file, JSON.stringify({ resources }));
    return stack.pulumi(
      "import",
      "--yes",
      "--skip-preview",
      "--protect=false",
      "--generate-code=false",
      "--file",
      file,
    );
  }

  /** Loses the state of the resources. */
  function forget(stack: Stack): void {
    const file = join(stack.directory, "state", ".pulumi", "stacks", "e2e", "dev.json");
    const stored = JSON.parse(readFileSync(file, "utf8"));
    const { latest } = stored.checkpoint;
    latest.resources = latest.resources.filter(({ type }: { type: string }) => !type.startsWith("chroot:"));
    writeFileSync(file, JSON.stringify(stored));
  }
});

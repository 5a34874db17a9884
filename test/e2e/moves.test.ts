import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { ok, section, shownDrift, useLab } from "../support/e2e";
import type { Declared } from "../support/program";
import type { LabConnection, LabHost } from "../support/sshd";

describe("a jail that moves", () => {
  const lab = useLab();
  const declaration = (root: string, connection: LabConnection): Declared => ({
    jails: { app: { ...lab.jail(root, { directories: { a: "one" } }), connection } },
    rules: { one: { jail: "app", match: "a", directoryMode: "0711" } },
  });
  const inodes = (host: LabHost, root: string) => host.must(`find ${root} -printf '%p %i %C@ %m\\n' | sort`);
  const registries = async (host: LabHost) => (await host.sh("ls /var/lib/pulumi-chroot")).stdout;

  test("to another name of the same host is neither replaced nor touched", async () => {
    const stack = await lab.stack();
    stack.declare(declaration("/srv/name", lab.host.connection));
    ok(await stack.up());
    const [before, id] = [await inodes(lab.host, "/srv/name"), stack.resource("app").id];
    stack.declare(declaration("/srv/name", { ...lab.host.connection, host: "localhost" }));
    const preview = ok(await stack.preview("--diff"));
    expect(section(preview, "app") ?? "").toMatch(/host *: "127\.0\.0\.1" => "localhost"/);
    expect(shownDrift(preview, "app")).toBe(undefined);
    expect(preview).toMatch(/~ 2 to update\n +1 unchanged/);
    ok(await stack.up());
    expect(await inodes(lab.host, "/srv/name")).toBe(before);
    expect(stack.resource("app").id).toBe(id);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });

  test("to another machine is made there, and the old one is left as it is, which the log says", async () => {
    const other = await lab.anotherHost();
    const stack = await lab.stack();
    stack.declare(declaration("/srv/machine", lab.host.connection));
    ok(await stack.up());
    const before = await inodes(lab.host, "/srv/machine");
    stack.declare(declaration("/srv/machine", other.connection));
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      ".": "absent => root:www 0750 directory",
      a: "absent => root:www directory",
    });
    const up = ok(await stack.up());
    expect(up).toMatch(
      /root@127\.0\.0\.1:\d+:\/srv\/machine is a different machine than before: the jail on the old machine stays unchanged/,
    );
    expect(await other.must("stat -c %a /srv/machine/a")).toBe("711\n");
    expect(await inodes(lab.host, "/srv/machine")).toBe(before);
    expect(stack.resource("app").outputs["machineId"]).toBe((await other.must("cat /etc/machine-id")).trim());
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });

  test("to another root is replaced, and the old jail keeps its files", async () => {
    const stack = await lab.stack();
    stack.declare(declaration("/srv/from", lab.host.connection));
    ok(await stack.up());
    const before = await inodes(lab.host, "/srv/from");
    stack.declare(declaration("/srv/to", lab.host.connection));
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/root *: "\/srv\/from" => "\/srv\/to"/);
    expect(preview).toMatch(/\+-2 to replace/);
    ok(await stack.up());
    expect(await inodes(lab.host, "/srv/from")).toBe(before);
    expect(await lab.host.must("stat -c '%U:%G %a' /srv/to /srv/to/a")).toBe("root:www 750\nroot:www 711\n");
    expect(await registries(lab.host)).toMatch(/^to-/m);
    expect(await registries(lab.host)).not.toMatch(/^from-/m);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  });

  test("out of the program and with destroy loses its records and keeps its files; its rules go with it", async () => {
    const stack = await lab.stack();
    const declared = declaration("/srv/gone", lab.host.connection);
    stack.declare(declared);
    ok(await stack.up());
    expect(stack.resource("one").deletedWith).toBe(stack.resource("app").urn);
    const before = await inodes(lab.host, "/srv/gone");
    stack.declare({});
    expect(ok(await stack.up())).toMatch(/- 2 deleted/);
    expect(await registries(lab.host)).not.toMatch(/^gone-/m);
    expect(await inodes(lab.host, "/srv/gone")).toBe(before);

    // The Jail is adopted again: no stack owns it by now.
    stack.declare({ ...declared, jails: { app: lab.jail("/srv/gone", { adopt: true, directories: { a: "one" } }) } });
    ok(await stack.up());
    expect(await registries(lab.host)).toMatch(/^gone-/m);
    assert.equal(await inodes(lab.host, "/srv/gone"), before, "nothing differed");
    expect(ok(await stack.destroy())).toMatch(/- 3 deleted/);
    expect(await registries(lab.host)).not.toMatch(/^gone-/m);
    expect(await inodes(lab.host, "/srv/gone")).toBe(before);
    expect(stack.resources().length).toBe(0);
  });
});

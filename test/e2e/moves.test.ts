import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ok, section, shownDrift, skip, useLab } from "../support/e2e";
import type { Declared } from "../support/program";
import type { LabConnection, LabHost } from "../support/sshd";

describe("a jail that moves", { skip }, () => {
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
    assert.match(section(preview, "app") ?? "", /host *: "127\.0\.0\.1" => "localhost"/);
    assert.equal(shownDrift(preview, "app"), undefined);
    assert.match(preview, /~ 2 to update\n +1 unchanged/);
    ok(await stack.up());
    assert.equal(await inodes(lab.host, "/srv/name"), before);
    assert.equal(stack.resource("app").id, id);
    assert.match(ok(await stack.preview("--expect-no-changes")), /3 unchanged/);
  });

  test("to another machine is made there, and the old one is left as it is, which the log says", async () => {
    const other = await lab.anotherHost();
    const stack = await lab.stack();
    stack.declare(declaration("/srv/machine", lab.host.connection));
    ok(await stack.up());
    const before = await inodes(lab.host, "/srv/machine");
    stack.declare(declaration("/srv/machine", other.connection));
    const preview = ok(await stack.preview("--diff"));
    assert.deepEqual(shownDrift(preview, "app"), {
      ".": "absent => root:www 0750 directory",
      a: "absent => root:www directory",
    });
    const up = ok(await stack.up());
    assert.match(
      up,
      /root@127\.0\.0\.1:\d+:\/srv\/machine is another machine than before: the jail on the old one is left as it is/,
    );
    assert.equal(await other.must("stat -c %a /srv/machine/a"), "711\n");
    assert.equal(await inodes(lab.host, "/srv/machine"), before);
    assert.equal(stack.resource("app").outputs["machineId"], (await other.must("cat /etc/machine-id")).trim());
    assert.match(ok(await stack.preview("--expect-no-changes")), /3 unchanged/);
  });

  test("to another root is replaced, and the old jail keeps its files", async () => {
    const stack = await lab.stack();
    stack.declare(declaration("/srv/from", lab.host.connection));
    ok(await stack.up());
    const before = await inodes(lab.host, "/srv/from");
    stack.declare(declaration("/srv/to", lab.host.connection));
    const preview = ok(await stack.preview("--diff"));
    assert.match(preview, /root *: "\/srv\/from" => "\/srv\/to"/);
    assert.match(preview, /\+-2 to replace/);
    ok(await stack.up());
    assert.equal(await inodes(lab.host, "/srv/from"), before);
    assert.equal(await lab.host.must("stat -c '%U:%G %a' /srv/to /srv/to/a"), "root:www 750\nroot:www 711\n");
    assert.match(await registries(lab.host), /^to-/m);
    assert.doesNotMatch(await registries(lab.host), /^from-/m);
    assert.match(ok(await stack.preview("--expect-no-changes")), /3 unchanged/);
  });

  test("out of the program and with destroy loses its records and keeps its files; its rules go with it", async () => {
    const stack = await lab.stack();
    const declared = declaration("/srv/gone", lab.host.connection);
    stack.declare(declared);
    ok(await stack.up());
    assert.equal(stack.resource("one").deletedWith, stack.resource("app").urn);
    const before = await inodes(lab.host, "/srv/gone");
    stack.declare({});
    assert.match(ok(await stack.up()), /- 2 deleted/);
    assert.doesNotMatch(await registries(lab.host), /^gone-/m);
    assert.equal(await inodes(lab.host, "/srv/gone"), before);

    // Taken over again: it is nobody's by now.
    stack.declare({ ...declared, jails: { app: lab.jail("/srv/gone", { adopt: true, directories: { a: "one" } }) } });
    ok(await stack.up());
    assert.match(await registries(lab.host), /^gone-/m);
    assert.equal(await inodes(lab.host, "/srv/gone"), before, "nothing differed");
    assert.match(ok(await stack.destroy()), /- 3 deleted/);
    assert.doesNotMatch(await registries(lab.host), /^gone-/m);
    assert.equal(await inodes(lab.host, "/srv/gone"), before);
    assert.equal(stack.resources().length, 0);
  });
});

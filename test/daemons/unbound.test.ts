import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { assertJailed, bound, inodes, jailed, undisturbed, until } from "../support/daemon";
import { failed, ok } from "../support/e2e";
import { root, unbound, useUnbound } from "../support/unbound-server";

describe("unbound in the jail of examples/unbound", () => {
  const server = useUnbound();
  const { lab, dig, ask, reloads, serve } = server;

  test("up makes the jail, in which unbound may write nothing, and the link to its configuration", async () => {
    ok(await lab.stack.up());
    const found = await lab.host.must(`cd ${root} && find . -printf '%P %u:%g %m\\n' | sort`);
    expect(found.split("\n").slice(0, -1)).toStrictEqual([
      " root:unbound 750",
      "etc root:unbound 750",
      "etc/unbound root:unbound 750",
      "etc/unbound/root.key root:unbound 640",
      "etc/unbound/unbound.conf root:unbound 640",
    ]);
    expect(await lab.host.must("readlink /etc/unbound/unbound.conf; cat /var/lib/pulumi-chroot/*/backup/[!i]*")).toBe(
      `${root}/etc/unbound/unbound.conf\n# as the package has it\n`,
    );
    ok(await lab.stack.preview("--expect-no-changes"));
  });

  test("unbound answers from it, and is not root", async () => {
    await serve();
    const [serving, ...more] = bound(lab.host, "udp", server.port);
    expect(more).toStrictEqual([]);
    assertJailed(serving, root, unbound);
    expect(jailed(lab.host)).toStrictEqual([serving]);
    expect(await dig("nobody.home.arpa")).toBe("");
  });

  test("a preview while it runs is empty, and an up with nothing to do disturbs nobody", async () => {
    ok(await lab.stack.preview("--expect-no-changes"));
    const [before, reloaded] = [inodes(lab.host, root), await reloads()];
    const asked = await undisturbed(ask, async () => ok(await lab.stack.up("--expect-no-changes")));
    assert.ok(asked > 20, `only ${asked} queries`);
    expect(inodes(lab.host, root)).toStrictEqual(before);
    expect(await reloads()).toBe(reloaded);
  });

  test("a change of the configuration is answered from after up, by the same process in its jail", async () => {
    const [before] = bound(lab.host, "udp", server.port);
    appendFileSync(server.conf, '    local-data: "printer.home.arpa. A 192.0.2.2"\n');
    await undisturbed(ask, async () => ok(await lab.stack.up()));
    await until("the printer is known", async () => (await dig("printer.home.arpa")) === "192.0.2.2");
    const [after] = bound(lab.host, "udp", server.port);
    expect(after?.pid).toBe(before?.pid);
    assertJailed(after, root, unbound);
  });

  test("a configuration that unbound would not take stays out of the jail", async () => {
    const [good, before] = [readFileSync(server.conf, "utf8"), inodes(lab.host, root)];
    writeFileSync(server.conf, `${good}    local-zoen: "typo" static\n`);
    await undisturbed(ask, async () => {
      expect(failed(await lab.stack.up())).toMatch(/unbound-checkconf \S+ refuses it, .*unknown keyword 'local-zoen'/);
    });
    writeFileSync(server.conf, good);
    // The root has had the file that was refused for a moment, beside the others.
    expect(inodes(lab.host, root).slice(1)).toStrictEqual(before.slice(1));
    ok(await lab.stack.preview("--expect-no-changes"));
  });
});

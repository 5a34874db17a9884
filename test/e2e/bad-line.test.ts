import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { failed, ok, shownDrift, skip, useLab } from "../support/e2e";
import type { Stack } from "../support/stack";
import { type Line, lineTo } from "../support/tcp-proxy";

describe("a line between the CLI and a host", { skip }, () => {
  const lab = useLab();
  let line: Line;
  let stack: Stack;
  before(async () => {
    line = await lineTo(lab.host.port);
    stack = await lab.stack();
    const connection = { ...lab.host.connection, port: line.port, perDialTimeout: 3 };
    stack.declare({ jails: { app: { connection, root: "/srv/jail", directories: { etc: "settings" } } } });
    ok(await stack.up());
  });
  after(() => line.close());

  /** With the jail as it is not declared. */
  async function over(trouble: Line["trouble"]): Promise<void> {
    await lab.host.must("chmod 0777 /srv/jail/etc");
    line.reset();
    line.trouble = trouble;
  }

  test("that takes 50 ms for a round trip has at most 14 in a preview, and one connection", async () => {
    await over({ delay: 25 });
    assert.deepEqual(shownDrift(ok(await stack.preview("--diff")), "app"), { etc: "root:www 0777 => root:www 0750" });
    assert.ok(line.exchanges() <= 14, `${line.exchanges()} round trips`);
    assert.equal(line.connections(), 1);
  });

  for (const [name, trouble, message] of [
    ["is cut in the login", { cut: 5 }, /the connection was closed \(in the login\)\n.*check that the host is up/],
    [
      "swallows everything in the handshake",
      { hole: 2 },
      /no answer for 3 s \(in the SSH handshake\)\n.*perDialTimeout/,
    ],
    [
      "is cut while something is repaired",
      { cut: 12, delay: 20 },
      /the connection was cut \(while .*\)\n.*run pulumi up again/,
    ],
    [
      "speaks another protocol first",
      { before: "SSH-1.5-old\r\n" },
      /Invalid identification string \(in the SSH handshake\)\n.*check that/,
    ],
  ] as const)
    test(`that ${name} is told with host, phase and remedy, and the next up converges`, async () => {
      await over(trouble);
      const output = failed(await stack.up());
      assert.match(output, new RegExp(`root@127\\.0\\.0\\.1:${line.port}:/srv/jail: ${message.source}`), output);
      line.trouble = {};
      ok(await stack.up());
      assert.equal(await lab.host.must("stat -c %a /srv/jail/etc"), "750\n");
    });
});

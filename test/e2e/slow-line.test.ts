import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { ok, shownDrift, useLab } from "../support/e2e";
import { lineTo } from "../support/tcp-proxy";

const lab = useLab();

test("a line that takes 50 ms for a round trip has at most 14 in a preview, and one connection", async () => {
  const line = await lineTo(lab.host.port);
  try {
    const stack = await lab.stack();
    const connection = { ...lab.host.connection, port: line.port, perDialTimeout: 3 };
    stack.declare({ jails: { app: { connection, root: "/srv/jail", directories: { etc: "settings" } } } });
    ok(await stack.up());
    await lab.host.must("chmod 0777 /srv/jail/etc");
    line.reset();
    line.trouble = { delay: 25 };
    expect(shownDrift(ok(await stack.preview("--diff")), "app")).toStrictEqual({
      etc: "root:www 0777 => root:www 0750",
    });
    assert.ok(line.exchanges() <= 14, `${line.exchanges()} round trips`);
    expect(line.connections()).toBe(1);
  } finally {
    line.close();
  }
});

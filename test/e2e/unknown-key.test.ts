import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { fingerprint } from "../../provider/ssh/key-blob";
import { makeKey } from "../../scripts/lab/keys";
import { linesWith, ok, shownDrift, useLab } from "../support/e2e";
import type { Ran } from "../support/stack";

describe("a host whose key nobody knows", () => {
  const lab = useLab();

  test("is trusted with allowUnknownHostKey, each run says so once, and a key that has changed is refused", async () => {
    const { hostKey, port, ...connection } = lab.host.connection;
    const stack = await lab.stack();
    const knownHostsFile = join(stack.directory, "known");
    const known = (line: string) => writeFileSync(knownHostsFile, line);
    known("");
    const unknown = { ...connection, port, knownHostsFile, allowUnknownHostKey: true };
    const declare = (...names: string[]) =>
      stack.declare({
        jails: Object.fromEntries(names.map((name) => [name, { connection: unknown, root: `/srv/${name}` }])),
      });
    declare("app", "web");
    const printed = fingerprint(Buffer.from(hostKey.split(" ")[1] ?? "", "base64"));
    const saysSo = (ran: Ran, times = 1) => {
      const output = ok(ran);
      const lines = linesWith(output, `its host key ${printed} is not known`);
      // The terminal shows the warning as well.
      assert.equal(lines.filter((line) => /^ +warning: /.test(line)).length, times, output);
    };
    saysSo(await stack.preview());
    saysSo(await stack.up());
    saysSo(await stack.up());
    saysSo(await stack.refresh());
    // A preview and the run after it are two processes without a common memory.
    saysSo(await stack.pulumi("up", "--yes"), 2);
    declare("app");
    saysSo(await stack.up());
    known(`[127.0.0.1]:${port} ${makeKey("ed25519").publicKey}\n`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")?.["(host)"] ?? "").toMatch(/^not checked: its host key has changed/);
    known(`[127.0.0.1]:${port} ${hostKey}\n`);
    expect(ok(await stack.preview("--expect-no-changes", "--diff"))).not.toMatch(/is not known/);
    known("");
    saysSo(await stack.destroy());
  });
});

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { useLab } from "../support/e2e";

describe("keys", () => {
  const lab = useLab();

  test("a private key in the program shows nowhere in the clear: not in any output, not in the state", async () => {
    const stack = await lab.stack();
    const seen: string[] = [];
    const run = async (command: Promise<{ output: string }>) => seen.push((await command).output);
    const declare = (connection: typeof lab.host.connection, mode: string) =>
      stack.declare({
        jails: { app: { connection, root: "/srv/secret", directories: { a: "one" } } },
        rules: { one: { jail: "app", match: "a", directoryMode: mode } },
      });
    declare(lab.host.connection, "0711");
    await run(stack.preview("--diff"));
    await run(stack.json());
    await run(stack.up("--diff"));
    await lab.host.must("chmod 777 /srv/secret/a");
    await run(stack.preview("--diff", "--refresh"));
    declare(lab.host.connection, "mistake");
    await run(stack.preview());
    declare({ ...lab.host.connection, port: 1 }, "0700");
    await run(stack.up("--diff"));
    declare(lab.host.connection, "0700");
    await run(stack.pulumi("stack", "export"));
    const lines = lab.host.privateKey.split("\n").filter((line) => /^[A-Za-z0-9+/=]{30,}$/.test(line));
    assert.ok(lines.length >= 3, "the key's own lines");
    expect(seen.join("\n")).toMatch(/privateKey *: \[secret\]/);
    for (const text of [...seen, stack.stateText(), await lab.host.must("cat /var/lib/pulumi-chroot/*/*")])
      for (const line of lines) assert.ok(!text.includes(line), "a line of the key is in the clear");
    expect(stack.stateText()).toContain('"ciphertext"');
  });
});

import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { makeKey } from "../../scripts/lab/keys";
import { ok, section, useLab } from "../support/e2e";
import type { DeclaredRule } from "../support/program";
import { SSHD_PATHS } from "../support/sshd-config";
import type { Stack } from "../support/stack";
import { earlierNames } from "../support/stored";

const added = /token|claims|IsSecret|__/;

describe("inputs beside the arguments", () => {
  const lab = useLab();

  test("show in no diff but for the fields of a new connection, and stay secrets, also under their earlier names", async () => {
    const stack = await lab.stack();
    const declare = (connection: object, rules: Record<string, Omit<DeclaredRule, "jail">>) =>
      stack.declare({
        jails: {
          app: {
            ...{ connection: { ...lab.host.connection, ...connection }, root: "/srv/app" },
            directories: { a: "one", b: "two" },
          },
        },
        rules: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { jail: "app", ...rule }])),
        files: { file: { jail: "app", path: "a/f", content: "text", onChange: ["true"] } },
      });
    const one = { match: "a", directoryMode: "0711" };
    declare({}, { one });
    const created = ok(await stack.preview("--diff"));
    expect(created).not.toMatch(added);
    expect(section(created, "app", "create")).toMatch(/connection *: \{/);
    for (const name of ["one", "file"])
      expect(section(created, name, "create")).toMatch(/jail *: \{\n *root: "\/srv\/app"\n *\}/);
    ok(await stack.up());
    expect(Object.keys(stack.resource("one").outputs).filter((key) => key.startsWith("__"))).toStrictEqual([
      "__changed",
      "__connection",
      "__provider",
      "__token",
    ]);
    isHidden(stack, lab.host.privateKey);

    await lab.host.must("chmod 777 /srv/app/a/f");
    declare({}, { one: { ...one, directoryMode: "0700" }, two: { match: "b", directoryMode: "0700" } });
    const updated = ok(await stack.preview("--diff"));
    expect(updated).toMatch(/\+ 1 to create\n +~ 2 to update/);
    expect(updated).not.toMatch(/connection|token|claims|IsSecret|__/);

    const next = makeKey("ed25519");
    appendFileSync(lab.host.path(SSHD_PATHS.authorizedKeys), `${next.publicKey}\n`);
    await lab.host.must("chmod 640 /srv/app/a/f");
    declare({ privateKey: next.privateKey }, { one });
    const rekeyed = ok(await stack.preview("--diff"));
    expect(rekeyed).not.toMatch(/token|claims|IsSecret/);
    for (const name of ["one", "file"])
      expect(section(rekeyed, name)).toMatch(
        new RegExp(`::${name}\\]\\n *~ __connection: \\{\\n *~ privateKey: \\[secret\\] => \\[secret\\]\\n *\\}\\n$`),
      );

    rename(stack);
    declare({}, { one });
    expect(ok(await stack.preview("--diff", "--expect-no-changes"))).toMatch(/4 unchanged/);
    declare({ privateKey: next.privateKey }, { one });
    const up = ok(await stack.up("--diff"));
    expect(up).toMatch(/~ 3 updated/);
    isHidden(stack, lab.host.privateKey, up);
    isHidden(stack, next.privateKey, up);
    const { inputs, outputs } = stack.resource("one");
    for (const { jail, ...names } of [inputs, outputs]) {
      expect(JSON.stringify(jail)).toMatch(/"connection":.*"privateKey":\{[^}]*"ciphertext"/);
      expect(Object.keys(names)).toContain("token");
    }
  });

  /** Gives the state the names that an earlier release has written; its secrets stay as they are. */
  function rename(stack: Stack): void {
    const path = join(stack.directory, "state", ".pulumi", "stacks", "e2e", "dev.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, JSON.stringify(JSON.parse(text, (_key, value) => earlierNames(value))));
    expect(stack.resource("one").inputs).toHaveProperty("jail.connection.privateKey.ciphertext");
  }

  function isHidden(stack: Stack, key: string, output = ""): void {
    const lines = key.split("\n").filter((line) => /^[A-Za-z0-9+/=]{30,}$/.test(line));
    assert.ok(lines.length >= 3, "the key's own lines");
    for (const line of lines)
      assert.ok(!(stack.stateText() + output).includes(line), "a line of the key is in the clear");
  }
});

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "../support/e2e";
import { canary } from "../support/secret-files";

describe("a secret in a command", () => {
  const lab = useLab();

  test("is given to the command, and told by no error and no mistake", async () => {
    const stack = await lab.stack();
    const declare = (validate: readonly string[], onChange: readonly string[]) =>
      stack.program<{ jail: object; validate: readonly string[]; onChange: readonly string[] }>(
        ({ Jail, JailFile }, given, sdk) => {
          const user = { user: "www", group: "www" };
          const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
          const jail = new Jail("app", { ...user, baseline, ...given.jail } as ConstructorParameters<typeof Jail>[1]);
          const words = (argv: readonly string[]) => argv.map((word, index) => (index === 2 ? sdk.secret(word) : word));
          const commands = { validate: words(given.validate), onChange: words(given.onChange) };
          new JailFile("key", { jail, path: "etc/key", content: "x", ...commands, reason: "a test" });
        },
        { jail: lab.jail("/srv/command"), validate, onChange },
      );
    const right = ["sh", "-c", `: ${canary}`, "{file}"];
    const failing = ["sh", "-c", `: ${canary}; echo "$0 said"; echo ${canary}; exit 3`, "{file}"];
    declare(right, failing);
    const changed = failed(await stack.up());
    expect(changed).toMatch(/: sh … has failed: exit status 3 \(its output is not shown, as the command is a secret\)/);
    declare(failing, right);
    const refused = failed(await stack.up());
    expect(refused).toMatch(/etc\/key: cannot be put in place: sh … refuses it, exit status 3 \(its output is not/);
    declare(right.slice(0, 3), right);
    const mistaken = failed(await stack.preview());
    expect(mistaken).toMatch(/validate: names no file/);
    declare(right, right);
    const up = ok(await stack.up());
    ok(await stack.preview("--expect-no-changes"));
    for (const output of [changed, refused, mistaken, up, stack.stateText()])
      assert.ok(!output.includes(canary), output);
  });
});

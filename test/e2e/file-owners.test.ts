import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { failed, ok, useLab } from "../support/e2e";
import type { Program } from "../support/program";

interface Given {
  readonly jail?: object;
  readonly of?: object;
  readonly path?: string;
  readonly options?: object;
}

const program: Program<Given> = ({ Jail, JailFile }, { jail, of, path, options }, { asset }) => {
  const ordinary = {
    user: "www",
    group: "www",
    baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
  };
  const made = jail && new Jail("app", { ...ordinary, ...jail } as ConstructorParameters<typeof Jail>[1]);
  if (path === undefined) return;
  const args = { jail: made ?? of, path, source: new asset.FileAsset("local"), reason: "a test" };
  new JailFile("conf", args as ConstructorParameters<typeof JailFile>[1], options);
};

describe("whose a file is", () => {
  const lab = useLab();
  const root = "/srv/owners";
  const list = () => lab.host.must(`cd ${root}; find etc -type f | sort`);

  test("another path takes the old file away, a changed source is no drift of the host, and two stacks are both named", async () => {
    const stack = await lab.stack();
    const jail = lab.jail(root);
    writeFileSync(join(stack.directory, "local"), "one\n");
    stack.program(program, { jail, path: "etc/old" });
    ok(await stack.up());
    expect(await list()).toBe("etc/old\n");
    stack.program(program, { jail, path: "etc/new" });
    ok(await stack.up());
    assert.equal(await list(), "etc/new\n", "the one that was replaced is gone");
    writeFileSync(join(stack.directory, "local"), "two\n");
    stack.program(program, { jail, path: "etc/new", options: { ignoreChanges: ["source"], retainOnDelete: true } });
    ok(await stack.up());
    assert.equal(await lab.host.must(`cat ${root}/etc/new`), "one\n", "its changes are ignored");

    const other = await lab.stack({ project: "other" });
    writeFileSync(join(other.directory, "local"), "three\n");
    other.program(program, { of: { connection: lab.host.connection, root }, path: "etc/new" });
    expect(failed(await other.up())).toMatch(
      /JailFile::conf of stack e2e\/dev puts etc\/new there too: one of the two has to go/,
    );
    expect(await lab.host.must(`cat ${root}/etc/new`)).toBe("one\n");

    rmSync(join(stack.directory, "local"));
    stack.program(program, { jail });
    ok(await stack.up());
    assert.equal(await list(), "etc/new\n", "retained");
  });
});

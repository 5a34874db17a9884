import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok } from "../support/e2e";
import { useFiles } from "../support/jail-file-scene";
import type { DeclaredFile } from "../support/program";
import type { Stack } from "../support/stack";

describe("a file in a jail", () => {
  const { lab, root, files: before, begin, declare } = useFiles();
  let stack: Stack;

  // The other files are made before: on two cores the engine changes no more than eight at the same time.
  beforeAll(async () => {
    stack = await begin();
    ok(await stack.up());
  });

  test("of many that change together runs what makes them count once, and all come back when that fails", async () => {
    const names = Array.from({ length: 8 }, (_, index) => `part-${index}`);
    const parts = (text: string, onChange: string[]): Record<string, DeclaredFile> =>
      Object.fromEntries(
        names.map((name) => [name, { jail: "app", path: `parts/${name}`, content: `${text} ${name}\n`, onChange }]),
      );
    const count = ["sh", "-c", "echo x >>/run/lab/reloads"];
    await lab.host.must("mkdir -p /run/lab");
    declare({ ...before, ...parts("one", count) });
    ok(await stack.up());
    expect(await lab.host.must("cat /run/lab/reloads")).toBe("x\n");
    ok(await stack.preview("--expect-no-changes"));
    const inodes = () => lab.host.must(`cd ${root}/parts && stat -c '%n %i %a' *`);
    const kept = await inodes();
    declare({ ...before, ...parts("two", ["sh", "-c", "echo cannot reload >&2; exit 3"]) });
    const up = failed(await stack.up());
    expect(up).toMatch(
      /sh -c 'echo cannot reload >&2; exit 3' has failed: exit status 3: cannot reload; the file is as it was before/,
    );
    assert.equal(await inodes(), kept, "the same files are back");
    expect(await lab.host.must(`cat ${root}/parts/part-3`)).toMatch(/^one part-3/);
    declare({ ...before, ...parts("two", count) });
    ok(await stack.up());
    expect(await lab.host.must("cat /run/lab/reloads")).toBe("x\nx\n");
    declare(before);
    ok(await stack.up());
    expect((await lab.host.must(`ls ${root}/parts`)).trim()).toBe("");
  });
});

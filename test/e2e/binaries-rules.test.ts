import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { registered, release, useBinaries } from "../support/binaries-scene";
import { inodes } from "../support/daemon";
import { ok, shownDrift } from "../support/e2e";
import type { Stack } from "../support/stack";

describe("the binaries of a jail", () => {
  const { lab, root, every, begin, declare, run, says, changed } = useBinaries();
  let stack: Stack;

  // The second test begins where the first one ended.
  beforeAll(async () => {
    await lab.host.must(release(2));
    stack = await begin();
    ok(await stack.up());
  });

  test("have the mode that a rule gives them, and the script in the registry knows them", async () => {
    const rule = { jail: "app", match: "opt/app/bin/hello", group: "www", fileMode: "0750" };
    declare(every, { hello: rule });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "hello", "create")).toStrictEqual({
      "opt/app/bin/hello": ":root 0755 => :www 0750, takes execute from a program",
    });
    expect(shownDrift(preview, "app")).toBe(undefined);
    ok(await stack.up());
    expect(await lab.host.must(`stat -c '%U:%G %a' ${root}/opt/app/bin/hello`)).toBe("root:www 750\n");
    expect(await says("hello")).toBe("hello, 2\n");
    ok(await stack.preview("--expect-no-changes"));
    const before = inodes(lab.host, root);
    expect(await lab.host.must(`sh ${registered} --check && sh ${registered}`)).toBe("");
    expect(changed(before)).toStrictEqual([]);
  });

  test("that are declared no more stay, undeclared and held to the baseline, and the others run on", async () => {
    declare(["/opt/app/bin/hello", "/opt/app/bin/script"]);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      "opt/app/bin/alone": "root:root 0755 => root:www 0640, takes execute from a program",
      "opt/app/bin/bye": "root:root 0755 => root:www 0640, takes execute from a program",
      // The rule has gone too.
      "opt/app/bin/hello": "root:www 0750 => root:root 0755, LOOSER",
    });
    ok(await stack.up());
    const left = ["opt/app/bin/alone", "opt/app/bin/bye"].map((path) => `${path} is not declared by any resource`);
    expect(stack.resource("app").outputs["findings"]).toStrictEqual(left);
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(
      /ends this line\): opt\/app\/bin\/alone, \S+\/bye$/m,
    );
    assert.equal((await run("bye")).code, 126, "nobody may run it");
    expect(await says("hello")).toBe("hello, 2\n");
  });
});

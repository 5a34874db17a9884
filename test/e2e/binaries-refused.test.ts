import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { useBinaries } from "../support/binaries-scene";
import { inodes } from "../support/daemon";
import { failed, linesWith, ok } from "../support/e2e";
import { madeElf } from "../support/made-elf";
import type { Stack } from "../support/stack";

describe("the binaries of a jail", () => {
  const { lab, root, every, begin, declare, changed } = useBinaries();
  let stack: Stack;

  beforeAll(async () => {
    stack = await begin();
    ok(await stack.up());
  });

  test("that no jail may have are refused by name: of another machine, with DT_AUDIT, where others may write", async () => {
    const machine = process.arch === "arm64" ? 62 : 183;
    const made = { foreign: madeElf({ machine }), audited: madeElf({ audit: "libevil.so" }) };
    for (const [name, content] of Object.entries(made)) {
      writeFileSync(lab.host.path(`/opt/app/bin/${name}`), content);
      chmodSync(lab.host.path(`/opt/app/bin/${name}`), 0o755);
    }
    mkdirSync(lab.host.path("/opt/hot"));
    await lab.host.must("chmod 0777 /opt/hot; cp /opt/app/bin/alone /opt/hot/alone");
    declare([...every, "/opt/app/bin/foreign", "/opt/app/bin/audited", "/opt/hot/alone"]);
    const before = inodes(lab.host, root);
    const [told = ""] = linesWith(ok(await stack.preview("--diff")), "warning: ");
    expect(told).toMatch(/\/opt\/app\/bin\/foreign cannot be had in the jail: is for another machine/);
    expect(told).toMatch(/\/opt\/app\/bin\/audited cannot be had in the jail: has the loader run .* \(DT_AUDIT\)/);
    expect(told).toMatch(
      /\/opt\/hot\/alone cannot be had in the jail: .*users other than root may write in \/opt\/hot/,
    );
    failed(await stack.up());
    expect(changed(before)).toStrictEqual([]);
  });
});

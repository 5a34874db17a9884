import assert from "node:assert/strict";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";
import type { Stack } from "../support/stack";

describe("a registry that is not as it was left", () => {
  const lab = useLab();
  const home = "/var/lib/pulumi-chroot";
  let stack: Stack;
  let count = 0;
  let root = "";
  const declare = (adopt: boolean) =>
    stack.declare({
      jails: { app: lab.jail(root, { directories: { etc: "settings", var: "data" }, adopt }) },
      rules: { var: { jail: "app", match: "var", directoryMode: "0711" } },
    });
  /** The file of a resource's record. */
  const recordOf = async (label: string) =>
    (await lab.host.must(`grep -l '"label": "${label}"' ${home}/app${count}-*/*.json`)).trim();
  const labels = async () =>
    (await lab.host.must(`cat ${home}/app${count}-*/*.json`)).match(/"label": ".*?"/g)?.sort() ?? [];
  const both = ['"label": "Jail::app"', '"label": "PermissionRule::var"'];
  /** Everything that is known of every inode of the jail. */
  const inodes = () => lab.host.must(`cd ${root} && find . -printf '%P %i %C@ %U:%G %m\\n' | sort`);
  const remark = (preview: string, name: string) => shownDrift(preview, name)?.["(host)"] ?? "";
  const clean = async () => {
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
  };

  beforeEach(async () => {
    root = `/srv/app${++count}`;
    stack = await lab.stack({ project: `registry${count}` });
    declare(true);
    ok(await stack.up());
  });

  test("since it is gone is noticed in a preview, and written again by up without touching the jail", async () => {
    const before = await inodes();
    await lab.host.must(`rm -rf ${home}`);
    const preview = ok(await stack.preview("--diff"));
    for (const name of ["app", "var"]) assert.match(remark(preview, name), /registr.*gone; up writes it again/, name);
    expect(preview).toMatch(/~ 2 to update/);
    ok(await stack.up());
    expect(await labels()).toStrictEqual(both);
    expect(await inodes()).toBe(before);
    await clean();
  });

  test("since it is gone is no reason to take over a root that is not empty without adopt", async () => {
    declare(false);
    ok(await stack.up());
    await lab.host.must(`rm -rf ${home}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "app")).toMatch(/set adopt: true .* no record says/);
    expect(failed(await stack.up())).toMatch(/set adopt: true/);
  });

  test("since it is gone is no hindrance to a repair", async () => {
    await lab.host.must(`rm -rf ${home}; chmod 777 ${root}/etc ${root}/var`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({ etc: "root:www 0777 => root:www 0750" });
    expect(shownDrift(preview, "var")).toStrictEqual({ var: "0777 => 0711" });
    ok(await stack.up());
    expect(await labels()).toStrictEqual(both);
    await clean();
  });

  test("because somebody has edited a rule's record is noticed in a preview and set right by up", async () => {
    const before = await inodes();
    const file = await recordOf("PermissionRule::var");
    await lab.host.must(`sed -i 's/"0711"/"0777"/' ${file} && grep -q 0777 ${file}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "var")).toMatch(/has changed its record in the host's registry; up writes it again/);
    expect(shownDrift(preview, "app")).toBe(undefined);
    ok(await stack.up());
    expect(await lab.host.must(`cat ${file}`)).toMatch(/"directoryMode": "0711"/);
    assert.equal(await inodes(), before, "what the record said was never done");
    await clean();
  });

  test("because somebody has edited the jail's record is noticed in a preview and set right by up", async () => {
    const file = await recordOf("Jail::app");
    await lab.host.must(`sed -i 's/"0750"/"0755"/' ${file} && grep -q 0755 ${file}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "app")).toMatch(/has changed its record in the host's registry/);
    expect(shownDrift(preview, "var")).toBe(undefined);
    ok(await stack.up());
    expect(await lab.host.must(`cat ${file}`)).not.toMatch(/0755/);
    await clean();
  });

  test("because a record is written in half is named in a preview, and up writes it whole", async () => {
    const file = await recordOf("PermissionRule::var");
    await lab.host.must(`head -c 60 ${file} >/run/half && cat /run/half >${file}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "var")).toMatch(/registr/);
    const name = file.split("/").at(-1) ?? "";
    expect(linesWith(preview, `${name} in the registry does not count: it is not JSON`).length).toBe(1);
    ok(await stack.up());
    expect(await labels()).toStrictEqual(both);
    await clean();
  });

  test("because the jail's record is written in half is named in a preview, and up writes it whole", async () => {
    const file = await recordOf("Jail::app");
    await lab.host.must(`: >${file}`);
    const preview = ok(await stack.preview("--diff"));
    expect(remark(preview, "app")).toMatch(/registr/);
    ok(await stack.up());
    expect(await labels()).toStrictEqual(both);
    await clean();
  });

  test("because a record of another resource was put into it is not believed", async () => {
    const file = await recordOf("PermissionRule::var");
    const forged = file.replace(/[0-9a-f]{32}\.json$/, `${"f".repeat(32)}.json`);
    // Under a name that is not its token's.
    await lab.host.must(`sed 's/0711/0777/' ${file} >${forged}`);
    const preview = ok(await stack.preview("--diff", "--expect-no-changes"));
    expect(preview).toMatch(new RegExp(`${"f".repeat(32)}.json in the registry does not count: it is not a record`));
  });
});

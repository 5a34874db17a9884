import { describe, expect, test } from "@jest/globals";
import { declareBundles, doors } from "../support/doors";
import { ok, useLab } from "../support/e2e";
import type { Declared } from "../support/program";

const [, plugin] = doors;
const ways = [
  { name: "in TypeScript", declare: declareBundles },
  { name: "over the plugin", declare: plugin?.declare ?? declareBundles },
];

describe.each(ways)("a JailBundle $name", ({ declare }) => {
  const lab = useLab();
  const inodes = (root: string) => lab.host.must(`find ${root} -printf '%P %i %C@ %u:%g %m\\n' | sort`);
  const declaration = (root: string, rules: Declared["rules"] = {}): Declared => ({
    jails: { app: lab.jail(root, { directories: { etc: "settings", var: "data" }, adopt: true }) },
    rules,
    files: {
      // It is the first one by name, and its check reads the other file.
      checked: { jail: "app", path: "etc/app", content: "a", validate: ["cmp", "-n1", "{root}/etc/read", "{file}"] },
      read: { jail: "app", path: "etc/read", content: "all" },
    },
  });
  const rules = {
    var: { jail: "app", match: "var", directoryMode: "0711" },
    etc: { jail: "app", match: "etc", directoryMode: "0755" },
  };

  test("makes a new jail in one up, and leaves an inode of a jail alone that is right when it takes it over", async () => {
    const stack = await lab.stack();
    declare(stack, declaration("/srv/app", rules));
    ok(await stack.up());
    expect(await lab.host.must("stat -c %a /srv/app/var /srv/app/etc")).toBe("711\n755\n");
    ok(await stack.preview("--expect-no-changes"));
    await lab.host.must("cp -a /srv/app /srv/old; rm -rf /srv/old/.pulumi-chroot");
    const before = await inodes("/srv/old");
    const adopting = await lab.stack({ project: "adopting" });
    declare(adopting, declaration("/srv/old", rules));
    expect(ok(await adopting.preview("--diff"))).not.toMatch(/LOOSER|=>/);
    ok(await adopting.up());
    expect(await inodes("/srv/old")).toBe(before);
    ok(await adopting.preview("--expect-no-changes"));
  });

  test("takes one up for a rule that is dropped", async () => {
    const stack = await lab.stack();
    declare(stack, declaration("/srv/drop", rules));
    ok(await stack.up());
    declare(stack, declaration("/srv/drop", { var: rules.var }));
    ok(await stack.up());
    expect(await lab.host.must("stat -c %a /srv/drop/etc")).toBe("750\n");
    ok(await stack.preview("--expect-no-changes"));
  });
});

import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift, useLab } from "../support/e2e";
import type { DeclaredRule } from "../support/program";
import type { Stack } from "../support/stack";

describe("two stacks with rules for one jail", () => {
  const lab = useLab();
  const root = "/srv/app";
  let base: Stack;
  let guest: Stack;
  const declare = (stack: Stack, rules: Record<string, Omit<DeclaredRule, "jail">>) => {
    const jail = stack === base ? "app" : { connection: lab.host.connection, root };
    stack.declare({
      jails: stack === base ? { app: lab.jail(root, { directories: { a: "one", b: "two", c: "three" } }) } : {},
      rules: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { jail, ...rule }])),
    });
  };
  const own = { one: { match: "a", acl: ["user:www:rX"] } };
  const theirs = { two: { match: "b", acl: ["group:www:rwX"], directoryMode: "0700" } };
  const acl = (path: string) => lab.host.must(`getfacl -cpE ${root}/${path} | grep www || true`);
  const clean = async () => {
    for (const stack of [base, guest]) expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
  };

  // The tests follow both stacks: each begins where the last one ended.
  beforeAll(async () => {
    base = await lab.stack({ project: "base" });
    guest = await lab.stack({ project: "guest" });
    declare(base, own);
    ok(await base.up());
    declare(guest, theirs);
    ok(await guest.up());
  });

  test("keep what the other declares: ACLs are neither drift for it nor taken away by its repairs", async () => {
    await clean();
    await lab.host.must(`chmod 777 ${root}/c && chown www ${root}/b`);
    const preview = ok(await base.preview("--diff"));
    expect(shownDrift(preview, "app")).toStrictEqual({
      b: "www:www => root:www",
      c: "root:www 0777 => root:www 0750",
    });
    ok(await base.up());
    expect(await acl("b")).toBe("group:www:rwx\n");
    await clean();
  });

  test("see drift of their own rules only, each in its own preview", async () => {
    await lab.host.must(`setfacl -b ${root}/a ${root}/b && chmod 750 ${root}/a && chmod 770 ${root}/b`);
    expect(shownDrift(ok(await base.preview("--diff")), "app")).toBe(undefined);
    expect(shownDrift(ok(await base.preview("--diff")), "one")?.["a"] ?? "").toMatch(/^no acl => acl:.*user:www:r-x/);
    expect(shownDrift(ok(await guest.preview("--diff")), "two")?.["b"] ?? "").toMatch(/^0770 no acl => 0770 acl:/);
    ok(await base.up());
    ok(await guest.up());
    expect([await acl("a"), await acl("b")]).toStrictEqual(["user:www:r-x\n", "group:www:rwx\n"]);
    await clean();
  });

  test("that give one path different ACLs are refused, and each hears both names", async () => {
    declare(guest, { ...theirs, bad: { match: "a", acl: [] } });
    const names =
      /(PermissionRule::bad and PermissionRule::one of stack base\/dev|PermissionRule::one of stack base\/dev and PermissionRule::bad) give different ACLs to a/;
    expect(ok(await guest.preview())).toMatch(names);
    expect(failed(await guest.up())).toMatch(names);
    assert.equal(await acl("a"), "user:www:r-x\n", "a refusal changes nothing");
    // The refused rule has left no record, so the other stack sees no conflict.
    expect(ok(await base.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    declare(guest, theirs);
    await clean();
  });

  test("one of which leaves gives its paths back to the jail, whose preview lists what it takes away", async () => {
    ok(await guest.destroy());
    assert.equal(await acl("b"), "group:www:rwx\n", "the files stay as they are");
    expect(shownDrift(ok(await base.preview("--diff")), "app")).toStrictEqual({
      b: "root:www 0770 acl:group:www:rwx => root:www 0750 no acl",
    });
    ok(await base.up());
    expect(await acl("b")).toBe("");
    expect(ok(await base.preview("--expect-no-changes", "--refresh"))).toMatch(/3 unchanged/);
  });

  test("cannot do without the jail: the rules of one whose jail has gone are refused, and nothing is touched", async () => {
    declare(guest, theirs);
    ok(await guest.up());
    ok(await base.destroy());
    const before = await lab.host.must(`cd ${root} && find . -printf '%P %i %C@\\n' | sort`);
    expect(shownDrift(ok(await guest.preview("--diff")), "two")?.["(host)"] ?? "").toMatch(
      /^refused: no Jail declares this root/,
    );
    expect(await lab.host.must(`cd ${root} && find . -printf '%P %i %C@\\n' | sort`)).toBe(before);
    ok(await guest.destroy());
    expect(await lab.host.must("ls /var/lib/pulumi-chroot")).toBe("");
  });
});

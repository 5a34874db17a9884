import assert from "node:assert/strict";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { ok, useLab } from "../support/e2e";
import type { DeclaredFile } from "../support/program";
import type { Stack } from "../support/stack";

/** Engines that know nothing of each other: each has its own processes, and its own connection to the host. */
describe("two stacks with files for one jail, whose ups run at once", () => {
  const lab = useLab();
  const root = "/srv/shared";
  const log = "/run/lab/changes";
  const names = Array.from({ length: 6 }, (_, index) => `part-${index}`);
  let base: Stack;
  let guest: Stack;

  const declare = (stack: Stack, text: string, of: readonly string[] = names) => {
    const name = stack === base ? "base" : "guest";
    const jail = stack === base ? "app" : { connection: lab.host.connection, root };
    const files = of.map((part): [string, DeclaredFile] => [
      `${name}-${part}`,
      {
        jail,
        path: `etc/${name}/${part}`,
        content: `${text} ${part}\n`,
        onChange: ["sh", "-c", `echo ${name} >>${log}`],
      },
    ]);
    stack.declare({ jails: stack === base ? { app: lab.jail(root) } : {}, files: Object.fromEntries(files) });
  };
  const together = async () => {
    await lab.host.must(`mkdir -p /run/lab; : >${log}`);
    for (const ran of await Promise.all([base.up(), guest.up()])) ok(ran);
  };
  const isDone = async (expected: readonly string[]) => {
    const found = await lab.host.must(`cd ${root}/etc && grep -r . . | sort`);
    expect(found.trimEnd().split("\n")).toStrictEqual(expected);
    for (const stack of [base, guest]) expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/unchanged/);
    assert.equal(await lab.host.must(`sort ${log}`), "base\nguest\n", "each has run its command once");
    expect(await lab.host.must(`ls -A ${root}; find ${root} -name '.pulumi-chroot*'`)).toBe("etc\n");
    const records = await lab.host.must('grep -hc \'"kind": "JailFile"\' /var/lib/pulumi-chroot/*/*.json | grep -c 1');
    assert.equal(Number(records), expected.length, "each file has its record");
    expect(await lab.host.must("grep -l pending /var/lib/pulumi-chroot/*/*.json || :")).toBe("");
  };
  const lines = (name: string, text: string, of: readonly string[] = names) =>
    of.map((part) => `./${name}/${part}:${text} ${part}`);

  beforeAll(async () => {
    base = await lab.stack({ project: "base" });
    guest = await lab.stack({ project: "guest" });
    declare(base, "none", []);
    ok(await base.up());
  });

  test("both put theirs in place, none is lost, and each runs its command once", async () => {
    declare(base, "one");
    declare(guest, "one");
    await together();
    await isDone([...lines("base", "one"), ...lines("guest", "one")]);
  });

  test("both change theirs while the other takes one away", async () => {
    const fewer = names.slice(1);
    declare(base, "two", fewer);
    declare(guest, "two", fewer);
    await together();
    await isDone([...lines("base", "two", fewer), ...lines("guest", "two", fewer)]);
  });
});

import assert from "node:assert/strict";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { layOut, prepareHost } from "../oracle/lay-out";
import { accounts, type OracleProgram, randomProgram } from "../oracle/program";
import { randomOf } from "../oracle/random";
import { randomTampering } from "../oracle/tamper";
import { looked, previewed } from "../support/look-and-preview";
import type { Program } from "../support/program";
import { type LabHost, startHost } from "../support/sshd";
import { type Stack, startStack } from "../support/stack";

type Given = Readonly<Record<string, OracleProgram & { readonly connection: LabHost["connection"] }>>;

/** Each host has a jail of a random program, with all four kinds of resources. */
const program: Program<Given> = (chroot, given) => {
  for (const [at, { jail: args, connection, rules, files, wrappers }] of Object.entries(given)) {
    const jail = new chroot.Jail(at, { ...args, connection } as never);
    for (const [name, rule] of Object.entries(rules)) new chroot.PermissionRule(`${at}-${name}`, { ...rule, jail });
    for (const [name, file] of Object.entries(files)) new chroot.JailFile(`${at}-${name}`, { ...file, jail } as never);
    for (const [name, wrapper] of Object.entries(wrappers))
      new chroot.Wrapper(`${at}-${name}`, { ...wrapper, jail } as never);
  }
};

const hosts: { readonly host: LabHost; readonly program: OracleProgram }[] = [];
let stack: Stack;
const rounds = 2;
const random = randomOf(16);

beforeAll(async () => {
  for (const host of await Promise.all(Array.from({ length: 5 }, () => startHost({ accounts })))) {
    const made = { ...randomProgram(random, "gnu"), isOnBtrfs: false };
    hosts.push({ host, program: made });
    await prepareHost(host, "gnu");
    await layOut(host, made);
  }
  stack = await startStack({ project: "random" });
  const given = hosts.map(({ host, program: one }, at) => [`jail${at}`, { ...one, connection: host.connection }]);
  stack.program(program, Object.fromEntries(given));
  const { code, output } = await stack.up();
  assert.equal(code, 0, output);
});
afterAll(async () => {
  stack?.remove();
  await Promise.all(hosts.map(({ host }) => host.close()));
});

test("a look without a program has the words of a preview, on 20 random tamperings", async () => {
  let drifted = 0;
  for (let round = 0; round < rounds; round++) {
    const names: string[] = [];
    for (const { host, program: one } of [...hosts, ...hosts]) {
      const { name, script } = randomTampering(one, random, new Set(["acl", "capabilities"]));
      names.push(name);
      // An earlier one may have left it nothing to tamper with.
      await host.sh(script);
    }
    const [words, same] = [await looked(stack, "project"), await previewed(stack)];
    expect(words.size).toBe(hosts.length);
    for (const [host, assessment] of same)
      assert.deepEqual(words.get(host), assessment, `${host}: ${names.join("; ")}`);
    drifted += [...words.values()].filter((one) => (one as { state: string }).state !== "in-sync").length;
  }
  expect(drifted).toBeGreaterThan(rounds * 3);
});

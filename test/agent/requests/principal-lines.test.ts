import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { principals } from "../../../provider/agent/requests/principal-lines";

test("the first line of a name counts, and the first name of a number", () => {
  const found = principals("www:33:34\nother:33:35\nwww:0:0\n", "web:34\nwww:34\nweb:7\n");
  expect([...found.uids].sort()).toStrictEqual([
    ["other", 33],
    ["www", 33],
  ]);
  assert.deepEqual(
    [...found.users],
    [
      [33, "www"],
      [0, "www"],
    ],
    "as getpwuid(3) says",
  );
  expect([...found.primary].sort()).toStrictEqual([
    ["other", 35],
    ["www", 34],
  ]);
  expect([...found.gids].sort()).toStrictEqual([
    ["web", 34],
    ["www", 34],
  ]);
  expect(found.groups.get(34)).toBe("web");
});

test("what is no account is left out", () => {
  const long = "n".repeat(10_000_000);
  const lines = [
    "",
    ":",
    "::",
    "::1:1",
    "a",
    "a:",
    "a:1:",
    "a::1",
    "a:x:1",
    "a:1:x",
    "a:-1:1",
    "a:1e1:1",
    "a:1:1\r",
    "+",
    "+a:1:1",
  ];
  const odd = [
    "-a:1:1",
    "#a:1:1",
    "+::",
    "a:4294967295:1",
    "a:1:4294967295",
    "a:99999999999:1",
    "b\0a:1:1",
    `${long}:1:1`,
    long,
  ];
  expect([...principals([...lines, ...odd].join("\n"), "").uids]).toStrictEqual([]);
  const groups = ["a", "a:", "a:x", "a:1\r", "+a:1", "-a:1", "a:4294967295", "b\0a:1", `${long}:1`];
  expect([...principals("", groups.join("\n")).gids]).toStrictEqual([]);
});

test("whatever the files hold, each account has a number that chown takes, and a user a group", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", ":", "\n", "0", "7", "4294967295", "+", "-", "\0", "\r", " "),
  });
  fc.assert(
    fc.property(text, text, (passwd, group) => {
      const { uids, gids, users, groups, primary } = principals(passwd, group);
      for (const id of [...uids.values(), ...gids.values(), ...primary.values()])
        assert.ok(Number.isInteger(id) && id >= 0 && id < 2 ** 32 - 1);
      for (const name of [...uids.keys(), ...gids.keys()]) expect(name).toMatch(/^[^+\-#:\0\n][^:\0\n]*$/);
      expect([...uids.keys()]).toStrictEqual([...primary.keys()]);
      for (const [id, name] of users) assert.ok(uids.has(name) && [...uids.values()].includes(id));
      expect(groups.size).toBe(new Set(groups.keys()).size);
    }),
  );
});

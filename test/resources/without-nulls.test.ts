import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { kinds } from "../../provider/resources/kinds";
import { withoutNulls } from "../../provider/resources/without-nulls";

const jail = kinds.get("Jail") ?? assert.fail("no Jail");
const rule = kinds.get("PermissionRule") ?? assert.fail("no PermissionRule");

test("an argument without a value counts as not given, and so does a property of an object", () => {
  const connection = { host: "a", port: null, become: { method: "sudo", password: null } };
  expect(withoutNulls(jail, { root: "/srv/a", user: null, connection, logSocket: { path: null } })).toStrictEqual({
    root: "/srv/a",
    connection: { host: "a", become: { method: "sudo" } },
    logSocket: {},
  });
  expect(withoutNulls(rule, { jail: { root: "/srv/a", connection: { host: "a", user: null } } })).toStrictEqual({
    jail: { root: "/srv/a", connection: { host: "a" } },
  });
});

test("a null in a map whose keys the program chooses stays: a reason has to be there", () => {
  const given = { accounts: { users: { www: null } }, writable: { run: null }, binaries: { "/bin/ls": null } };
  expect(withoutNulls(jail, given)).toStrictEqual(given);
});

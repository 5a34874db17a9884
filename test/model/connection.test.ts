import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { connectionArgs, connectionKey, formatHost, secretConnectionKeys } from "../../provider/model/connection";

test("a host is printed with its user, and with its port where that is not 22", () => {
  expect(formatHost({ host: "ns1.example.com" })).toBe("root@ns1.example.com");
  expect(formatHost({ host: "ns1", user: "admin", port: 22 })).toBe("admin@ns1");
  expect(formatHost({ host: "ns1", port: 2222 })).toBe("root@ns1:2222");
});

test("no key of a connection is printed with its host", () => {
  const secret = { host: "h", privateKey: "KEY", privateKeyPassword: "PASS" };
  expect(formatHost(secret) + connectionKey(secret)).not.toMatch(/KEY|PASS/);
});

test("two connections are one when they lead to the same account of one server", () => {
  expect(connectionKey({ host: "NS1" })).toBe(connectionKey({ host: "ns1", user: "root", port: 22, hostKey: "x" }));
  expect(connectionKey({ host: "ns1" })).not.toBe(connectionKey({ host: "ns1", port: 23 }));
  expect(connectionKey({ host: "ns1" })).not.toBe(connectionKey({ host: "ns1", user: "admin" }));
});

test("a connection takes nothing but what it knows, within bounds", () => {
  for (const perDialTimeout of [0.5, 0])
    assert.ok(connectionArgs.safeParse({ host: "h", port: 22, perDialTimeout }).success);
  const wrong = [
    {},
    { host: "" },
    { host: "h", port: 0 },
    { host: "h", port: 65_536 },
    { host: "h", port: 1.5 },
    { host: "h", perDialTimeout: -1 },
    { host: "h", user: "" },
    { host: "h", pasword: "x" },
    { host: "h", privateKey: "k", privateKeyFile: "/f" },
    { host: "h", proxy: { host: "j", privateKey: "k", privateKeyFile: "/f" } },
  ];
  for (const one of wrong) assert.ok(!connectionArgs.safeParse(one).success, JSON.stringify(one));
});

test("every property that is key material is marked secret", () => {
  // A file's path is none.
  const keys = Object.keys(connectionArgs.shape).filter((key) => /^(privateKey|password)(?!File)/i.test(key));
  expect(keys.sort()).toStrictEqual([...secretConnectionKeys].sort());
});

import assert from "node:assert/strict";
import test from "node:test";
import { connectionArgs, connectionKey, formatHost, secretConnectionKeys } from "../../provider/model/connection";

test("a host is printed with its user, and with its port where that is not 22", () => {
  assert.equal(formatHost({ host: "ns1.example.com" }), "root@ns1.example.com");
  assert.equal(formatHost({ host: "ns1", user: "admin", port: 22 }), "admin@ns1");
  assert.equal(formatHost({ host: "ns1", port: 2222 }), "root@ns1:2222");
});

test("no key of a connection is printed with its host", () => {
  const secret = { host: "h", privateKey: "KEY", privateKeyPassword: "PASS" };
  assert.doesNotMatch(formatHost(secret) + connectionKey(secret), /KEY|PASS/);
});

test("two connections are one when they lead to the same account of one server", () => {
  assert.equal(connectionKey({ host: "NS1" }), connectionKey({ host: "ns1", user: "root", port: 22, hostKey: "x" }));
  assert.notEqual(connectionKey({ host: "ns1" }), connectionKey({ host: "ns1", port: 23 }));
  assert.notEqual(connectionKey({ host: "ns1" }), connectionKey({ host: "ns1", user: "admin" }));
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
  ];
  for (const one of wrong) assert.ok(!connectionArgs.safeParse(one).success, JSON.stringify(one));
});

test("every property that is key material is marked secret", () => {
  const keys = Object.keys(connectionArgs.shape).filter((key) => /^(privateKey|password)/i.test(key));
  assert.deepEqual(keys.sort(), [...secretConnectionKeys].sort());
});

import { expect, test } from "@jest/globals";
import {
  configuredConnection,
  withDefaultConnection,
  withoutDefaultConnection,
} from "../../provider/resources/default-connection";

const connection = { host: "ns1.example.com" };

test("the provider's connection is for resources that have none", () => {
  expect(withDefaultConnection("Jail", { root: "/srv" }, connection)).toStrictEqual({ root: "/srv", connection });
  expect(withDefaultConnection("JailFile", { jail: { root: "/srv" } }, connection)).toStrictEqual({
    jail: { root: "/srv", connection },
  });
  const own = { connection: { host: "other" } };
  expect(withDefaultConnection("Jail", own, connection)).toBe(own);
  expect(withDefaultConnection("JailFile", { jail: own }, connection)).toStrictEqual({ jail: own });
  expect(withDefaultConnection("JailFile", { path: "etc" }, connection)).toStrictEqual({ path: "etc" });
  expect(withDefaultConnection("Jail", { root: "/srv" }, undefined)).toStrictEqual({ root: "/srv" });
});

test("a resource keeps the connection that it has itself, in any place, and no other", () => {
  const keys = { __token: "t" };
  expect(withoutDefaultConnection({ root: "/srv", connection, ...keys }, { root: "/srv" })).toStrictEqual({
    root: "/srv",
    ...keys,
  });
  const child = { jail: { root: "/srv", connection }, ...keys };
  expect(withoutDefaultConnection(child, { jail: { root: "/srv" } })).toStrictEqual({
    jail: { root: "/srv" },
    ...keys,
  });
  const hidden = { jail: { root: "/srv" }, __connection: connection };
  expect(withoutDefaultConnection(hidden, { jail: { root: "/srv" } })).toStrictEqual({ jail: { root: "/srv" } });
  for (const given of [{ connection }, child, hidden]) {
    expect(withoutDefaultConnection(child, given)).toBe(child);
    expect(withDefaultConnection("JailFile", given, { host: "other" })).toBe(given);
  }
});

test("the engine gives it as JSON", () => {
  expect(configuredConnection({ connection: JSON.stringify(connection) })).toStrictEqual(connection);
  expect(configuredConnection({})).toBe(undefined);
});

import { describe, expect, test } from "@jest/globals";
import { namesOfCheck, withHiddenNames, withHiddenPaths, withPlainNames } from "../../provider/resources/hidden-inputs";

const connection = { host: "h", privateKey: "KEY" };
const jail = { connection, root: "/srv/jail" };
const plain = { token: "t", claims: { a: "b" }, contentIsSecret: true, commandIsSecret: true, drift: {}, jail };
const hidden = {
  ...{ __token: "t", __claims: { a: "b" }, __contentIsSecret: true, __commandIsSecret: true, __connection: connection },
  ...{ drift: {}, jail: { root: "/srv/jail" } },
};

describe("inputs beside the arguments", () => {
  test("are hidden in a new state, and plain for the handlers", () => {
    expect(withHiddenNames(plain, {})).toStrictEqual(hidden);
    expect(withPlainNames(hidden)).toStrictEqual(plain);
    const ofJail = { token: "t", connection, root: "/srv/jail", __provider: "code" };
    expect(withHiddenNames(ofJail, {})).toStrictEqual({
      ...{ __token: "t", connection, root: "/srv/jail", __provider: "code" },
    });
  });

  test("keep the names that the state has", () => {
    expect(withPlainNames(plain)).toStrictEqual(plain);
    expect(withHiddenNames(plain, plain)).toStrictEqual(plain);
    expect(withHiddenNames(plain, hidden)).toStrictEqual(hidden);
    const { contentIsSecret: _, ...before } = plain;
    expect(withHiddenNames(plain, before)).toStrictEqual({ ...before, __contentIsSecret: true });
  });
});

describe("the connection of a resource in a jail", () => {
  const given = { jail, __connection: { ...connection, host: "other" } };

  test("is the one at the place that the state has: the engine may have put back an ignored one there", () => {
    expect(withPlainNames(given, plain)).toStrictEqual({ jail });
    for (const state of [hidden, {}])
      expect(withPlainNames(given, state)).toStrictEqual({ jail: { ...jail, connection: given.__connection } });
  });

  test("stays where the program gives it, if it gives it in jail alone: only there is its key a secret", () => {
    expect(withHiddenNames(plain, namesOfCheck({}, { jail }))).toStrictEqual({ ...apart(), jail });
    expect(withHiddenNames(plain, namesOfCheck(hidden, { jail }))).toStrictEqual({ ...apart(), jail });
    expect(withHiddenNames(plain, namesOfCheck({}, given))).toStrictEqual(hidden);
    expect(withHiddenNames(plain, namesOfCheck(plain, given))).toStrictEqual(plain);
  });

  test("is not made up where jail is no object, or not known yet", () => {
    for (const strange of ["unknown", null, [1]])
      expect(withPlainNames({ jail: strange, __connection: connection })).toStrictEqual({ jail: strange });
  });

  test("is ignored at both places, and no deeper than a field: the engine refuses a path that the state lacks", () => {
    const deep = ["jail.connection.proxy[0].host", '["jail"]["connection"]["become"].password', "jail.*"];
    expect(withHiddenPaths(deep)).toStrictEqual([
      ...["jail.connection.proxy", "__connection.proxy"],
      ...['jail.connection["become"]', '__connection["become"]'],
      ...["jail.*", "__connection"],
    ]);
    expect(withHiddenPaths(["jail", "reason", "jailer", "jail.root", "jail.connections"])).toStrictEqual([
      "jail",
      "__connection",
      "reason",
      "jailer",
      "jail.root",
      "jail.connections",
    ]);
    expect(withHiddenPaths(['["jail"].connection.privateKey', 'jail["connection"]["host"]'])).toStrictEqual([
      "jail.connection.privateKey",
      "__connection.privateKey",
      'jail.connection["host"]',
      '__connection["host"]',
    ]);
  });

  function apart() {
    const { __connection: __, ...rest } = hidden;
    return rest;
  }
});

import { expect, test } from "@jest/globals";
import { hasSecret, withoutSecrets, withSecretsOf } from "../../provider/plugin/secrets";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

test("secrets are unwrapped at any depth", () => {
  const given = { a: secret("x"), b: [secret({ c: secret(1) })], d: { e: "plain" } };
  expect(withoutSecrets(given)).toStrictEqual({ a: "x", b: [{ c: 1 }], d: { e: "plain" } });
  expect(hasSecret(given)).toBe(true);
  expect(hasSecret(withoutSecrets(given))).toBe(false);
});

test("a value is a secret in the answer where it was one under the same name, and nowhere else", () => {
  const given = { content: secret("x"), deep: { one: secret("1"), two: "2" }, list: ["a", secret("b")] };
  const answer = { content: "y", deep: { one: "1", two: "2" }, list: ["a", "b"], more: "m" };
  expect(withSecretsOf(answer, given)).toStrictEqual({
    content: secret("y"),
    deep: { one: secret("1"), two: "2" },
    list: secret(["a", "b"]),
    more: "m",
  });
});

test("keys of a connection are secrets although the program gives them in the clear", () => {
  const connection = { host: "ns1", password: "p", proxy: [{ host: "jump", privateKey: "k" }] };
  const marked = { host: "ns1", password: secret("p"), proxy: [{ host: "jump", privateKey: secret("k") }] };
  expect(withSecretsOf({ connection }, {})).toStrictEqual({ connection: marked });
  expect(withSecretsOf({ jail: { root: "/srv", connection } }, {})).toStrictEqual({
    jail: { root: "/srv", connection: marked },
  });
  expect(withSecretsOf({ accounts: { password: "x" } }, {})).toStrictEqual({ accounts: { password: "x" } });
});

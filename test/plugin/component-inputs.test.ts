import { expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { unknownValue } from "../../provider/model/unknown";
import { componentInputs } from "../../provider/plugin/component-inputs";

const mark = "4dabf18193072939515e22adb298388d";
const secret = (value: unknown) => ({ [mark]: "1b47061264138c4ac30d75fd1eb44270", value });
const output = (fields: object) => ({ [mark]: "d0e6a833031e9bbcd3f4e8bde6ca49a4", ...fields });

/** An Output's promises, which the SDK keeps out of its types. */
const read = async (value: unknown) => {
  const { promise, isKnown, isSecret } = value as {
    promise(): Promise<unknown>;
    isKnown: Promise<boolean>;
    isSecret: Promise<boolean>;
  };
  return { value: await promise.call(value), isKnown: await isKnown, isSecret: await isSecret };
};

test("plain values stay plain beside a secret, so that the rules of a jail are known at once", async () => {
  const { rules, connection } = componentInputs({
    rules: { var: { match: "var" } },
    connection: { host: "ns1", privateKey: secret("k") },
  });
  expect(rules).toStrictEqual({ var: { match: "var" } });
  expect(connection.host).toBe("ns1");
  expect(await read(connection.privateKey)).toStrictEqual({ value: "k", isKnown: true, isSecret: true });
});

test("an unknown value is an unknown Output, and an output value has its dependencies", async () => {
  const urn = "urn:pulumi:dev::p::t::n";
  const inputs = componentInputs({
    a: unknownValue,
    b: output({ value: "x", dependencies: [urn] }),
    c: output({ dependencies: [urn] }),
    d: output({ value: "plain" }),
  });
  expect(inputs["d"]).toBe("plain");
  expect((await read(inputs["a"])).isKnown).toBe(false);
  expect(await read(inputs["b"])).toMatchObject({ value: "x", isKnown: true });
  expect((await read(inputs["c"])).isKnown).toBe(false);
  const { resources } = inputs["b"] as { resources(): Set<pulumi.Resource> };
  const urns = await Promise.all([...resources.call(inputs["b"])].map(async (one) => (await read(one.urn)).value));
  expect(urns).toStrictEqual([urn]);
});

test("an asset is an asset again", async () => {
  const asset = { [mark]: "c44067f5952c0a294b673a41bacd8c17", text: "hello", hash: "h" };
  const { file } = componentInputs({ file: asset });
  expect(pulumi.asset.Asset.isInstance(file)).toBe(true);
  expect(await file.text).toBe("hello");
});

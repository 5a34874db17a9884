import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { withSecretKeys } from "../../provider/resources/secret-inputs";

const plain = { host: "ns1", privateKey: "KEY" };

describe("a connection as input", () => {
  for (const [what, connection] of [
    ["given as it is", plain],
    ["that is an Output", pulumi.output(plain)],
    ["that is a promise", Promise.resolve(plain)],
  ] as const)
    test(`${what} has its keys secret, and nothing else`, async () => {
      const fields = withSecretKeys(connection as pulumi.Input<pulumi.Inputs>);
      assert.ok(await pulumi.isSecret(fields["privateKey"]));
      expect(await pulumi.isSecret(pulumi.output(fields["host"]))).toBe(false);
    });
});

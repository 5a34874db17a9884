import { expect, test } from "@jest/globals";
import { configurationMistakes } from "../../provider/plugin/configuration";

const connection = { host: "ns1.example.com" };

test("the mistakes in the provider's configuration are named with their property", () => {
  expect(configurationMistakes({ connection: '{"host":"ns1","prot":22}' })).toMatchObject([
    { property: "connection", reason: expect.stringContaining("prot") },
  ]);
  expect(configurationMistakes({ connection: "ns1" }).length).toBe(1);
  expect(configurationMistakes({ connection: JSON.stringify(connection) })).toStrictEqual([]);
  expect(configurationMistakes({})).toStrictEqual([]);
});

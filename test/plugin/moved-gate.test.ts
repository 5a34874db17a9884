import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { omit } from "../../provider/model/values";
import { Provider } from "../../provider/plugin/provider";

const fixture = join(__dirname, "..", "..", "..", "test", "fixtures", "state", "0.3.0-gate.json");

test("a stored gate moves to the plugin without running again", async () => {
  const { urn: stored, id, inputs: olds, outputs } = JSON.parse(readFileSync(fixture, "utf8"));
  const provider = new Provider(undefined, new AbortController().signal);
  const urn = stored.replace("pulumi-nodejs:dynamic/chroot:", "chroot:index:");
  const news = omit(olds, ["__token", "__provider"]);
  const { inputs, failures } = await provider.check(urn, olds, news);
  expect([inputs, failures]).toStrictEqual([olds, []]);
  expect(await provider.diff({ urn, id }, outputs, { inputs: olds, news: inputs })).toStrictEqual({ changes: false });
  expect(await provider.read({ urn, id }, outputs, olds)).toStrictEqual({ id, props: outputs, inputs: olds });
  await provider.close();
});

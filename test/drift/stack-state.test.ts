import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { hostUnitsOf } from "../../provider/drift/host-unit";
import { stackStateOf } from "../../provider/drift/stack-state";
import { knownOf } from "../../provider/drift/stated";
import { isMap, type Values } from "../../provider/model/values";

const fixtures = join(__dirname, "..", "..", "..", "test", "fixtures", "state");
const secret = (clear: object) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ...clear,
});
const connection = { host: "ns1.example.com" };
const provider = 'exports.handler=()=>require("pulumi-chroot/lifecycle").jail';
const type = "pulumi-nodejs:dynamic/chroot:Jail";
const urn = `urn:pulumi:prod::dns::${type}::named`;
const jail = { urn, type, inputs: { __provider: provider, connection, root: "/chroot/named" } };
const exported = (...resources: unknown[]) => JSON.stringify({ version: 3, deployment: { resources } });

test("a jail of a state has its host, its place and its arguments; other resources are left out", () => {
  const other = { urn: "urn:pulumi:prod::dns::random:index:Id::x", type: "random:index:Id", inputs: {} };
  const theirs = { ...jail, inputs: { __provider: "another package" } };
  const gate = { ...jail, type: "pulumi-nodejs:dynamic/chroot:Gate" };
  const replaced = { ...jail, delete: true };
  const state = stackStateOf(
    "given",
    exported(other, gate, theirs, replaced, { urn: "urn", type: "pulumi:pulumi:Stack" }, jail),
  );
  expect(state).toStrictEqual({ name: "dns/prod", resources: [{ urn, kind: "Jail", inputs: jail.inputs }] });
  expect(hostUnitsOf(state)).toMatchObject([{ name: "ns1.example.com", stack: "dns/prod" }]);
});

test("a secret is in the clear, wherever it is; one that is encrypted is not guessed at", () => {
  const withKey = (privateKey: unknown) => ({
    ...jail,
    inputs: { ...jail.inputs, connection: { ...connection, privateKey } },
  });
  const [clear] = stackStateOf("given", exported(withKey(secret({ plaintext: '"the key"' })))).resources;
  expect(clear?.inputs["connection"]).toStrictEqual({ ...connection, privateKey: "the key" });
  const [hidden] = stackStateOf("given", exported(withKey(secret({ ciphertext: "v1:x" })))).resources;
  expect(hidden && knownOf(hidden)).toMatchObject({
    isUnfit: true,
    unknown: ["a secret of it is encrypted: export the stack with --show-secrets"],
  });
  const whole = { ...jail, inputs: { ...jail.inputs, connection: secret({ ciphertext: "v1:x" }) } };
  const state = stackStateOf("given", exported(whole));
  expect(hostUnitsOf(state)).toMatchObject([{ name: "Jail::named" }]);
  expect(state.resources.map(knownOf)).toStrictEqual([
    { why: "the state does not tell where the jail of Jail::named is: bring the stack up" },
  ]);
});

test("an operation that was cut short is known of its resource, also of one that the state does not have yet", () => {
  const created = { ...jail, urn: `${urn}2` };
  const pending = [jail, created].map((resource, at) => ({ resource, type: ["updating", "creating"][at] }));
  const text = JSON.stringify({ version: 3, deployment: { resources: [jail], pending_operations: pending } });
  expect(stackStateOf("given", text).resources).toMatchObject([
    { urn, cutShort: "updating" },
    { urn: `${urn}2`, cutShort: "creating", isPending: true },
  ]);
});

test("a stack that was never deployed has no jails, and any other text is unread, with nothing of it in the reason", () => {
  expect(stackStateOf("dev", '{"version": 3}').unread).toMatch(
    /^the state of dev cannot be read: it is not what `pulumi stack export` prints$/,
  );
  expect(stackStateOf("dev", '{"version": 3, "deployment": null}')).toStrictEqual({ name: "dev", resources: [] });
  expect(stackStateOf("dev", '{"a": canary}').unread).toBe("the state of dev cannot be read: it is no JSON");
  expect(stackStateOf("dev", '{"version": 9, "deployment": {}}').unread).toMatch(/version 9, and this release knows 4/);
  expect(stackStateOf("dev", '{"version": 3, "deployment": {"resources": {}}}').unread).toMatch(
    /resources are no list/,
  );
});

test("a kind of a later release is named", () => {
  const later = { ...jail, type: `${type}s`, urn: urn.replace("Jail", "Jails") };
  expect(stackStateOf("given", exported(later)).resources.map(knownOf)).toStrictEqual([
    { why: "Jails::named is of a kind that this release does not know: update pulumi-chroot" },
  ]);
});

test("the states that earlier releases have written are read", () => {
  const seen: string[] = [];
  for (const file of readdirSync(fixtures)) {
    const found: Values[] = [];
    const collect = (value: unknown): void => {
      if (isMap(value) && "urn" in value && "inputs" in value) found.push(value);
      else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
    };
    collect(JSON.parse(readFileSync(join(fixtures, file), "utf8")));
    const typed = found.map((one) => ({ type: String(one["urn"]).split("::")[2]?.split("$").at(-1), ...one }));
    const known = stackStateOf(file, exported(...typed)).resources.map(knownOf);
    expect(known.map((one) => ("why" in one ? one.why : one.unknown))).toStrictEqual(known.map(() => []));
    expect(known).toHaveLength(typed.filter(({ type: is }) => !String(is).endsWith(":Gate")).length);
    for (const one of known) if ("site" in one) expect(one.news).not.toHaveProperty("drift");
    seen.push(...known.flatMap((one) => ("site" in one ? [one.kind.name] : [])));
  }
  expect(new Set(seen)).toStrictEqual(new Set(["Jail", "JailFile", "PermissionRule", "Wrapper"]));
});

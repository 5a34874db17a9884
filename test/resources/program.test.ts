import assert from "node:assert/strict";
import test, { before, beforeEach, describe } from "node:test";
import * as pulumi from "@pulumi/pulumi";
import { Jail, type JailArgs, PermissionRule } from "../../provider/index";
import { jail as jailHandlers, permissionRule } from "../../provider/lifecycle";

const lifecycle = { jail: jailHandlers, permissionRule };
const inputs = new Map<string, Record<string, unknown>>();
const args: JailArgs = {
  connection: { host: "ns1", privateKey: "KEY" },
  root: "/chroot/named",
  user: "named",
  group: "named",
  baseline: { owner: "root", group: "named", fileMode: "0640", directoryMode: "0750" },
};
const reason = "why";

before(async () => {
  await pulumi.runtime.setMocks(
    {
      newResource: (resource) => {
        inputs.set(resource.name, resource.inputs as Record<string, unknown>);
        return { id: `id-${resource.name}`, state: resource.inputs as Record<string, unknown> };
      },
      call: () => ({}),
    },
    "proj",
    "dev",
    true,
  );
});
beforeEach(() => inputs.clear());

/** Waits until everything that was constructed is registered, and gives what the engine got of it. */
async function registered(...names: string[]): Promise<Record<string, unknown>[]> {
  for (let left = 200; left > 0 && !names.every((name) => inputs.has(name)); left--)
    await new Promise((resolve) => setTimeout(resolve, 5));
  return names.map((name) => inputs.get(name) ?? assert.fail(`${name} was not registered`));
}

const plainOf = (value: unknown) => JSON.parse(JSON.stringify(value ?? null)) as Record<string, unknown>;
/** An input, out of the mark that it is secret, or that something in it is. */
function openOf(value: unknown): Record<string, unknown> {
  const plain = plainOf(value);
  return (plain["value"] ?? plain) as Record<string, unknown>;
}
const turnOf = (of: Record<string, unknown> | undefined) => openOf(of?.["turn"]);
const labels = (of: Record<string, unknown>) => Object.keys(plainOf(of["claims"]));

describe("the provider in the state", () => {
  test("is a constant of at most 128 bytes that names the frozen entry", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("var", { jail, match: "var", owner: "root", reason });
    const found = await registered("named", "var");
    for (const [at, name] of (["jail", "permissionRule"] as const).entries()) {
      const text = String(found[at]?.["__provider"]);
      assert.equal(text, `exports.handler=()=>require("pulumi-chroot/lifecycle").${name}`);
      assert.ok(Buffer.byteLength(JSON.stringify(text)) <= 128, `${JSON.stringify(text).length} bytes`);
      for (const method of ["check", "diff", "create", "read", "update", "delete"] as const)
        assert.equal(typeof lifecycle[name][method], "function");
    }
  });
});

describe("the claims that travel with a Jail", () => {
  test("are those of the rules of its turn: label, match and names of the fields, never values", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("a", { jail, match: "a/**", owner: "secretuser", fileMode: "0600", reason });
    new PermissionRule("b", { jail, match: "b", directoryMode: "0711", reason });
    const [found = {}] = await registered("named", "a", "b");
    assert.deepEqual(plainOf(found["claims"]), {
      "PermissionRule::a": "a/**: owner fileMode",
      "PermissionRule::b": "b: directoryMode",
    });
    const declared = turnOf(found)["declared"] as { kind: string; label: string; args: object }[];
    assert.deepEqual(declared[0], {
      kind: "PermissionRule",
      label: "PermissionRule::a",
      args: { match: "a/**", owner: "secretuser", fileMode: "0600", reason },
    });
  });

  test("reserve a field whose value is an Output, by its name alone", async () => {
    const jail = new Jail("named", args);
    const later = pulumi.output(Promise.resolve("bob"));
    new PermissionRule("a", { jail, match: "a", owner: later, group: "named", reason: pulumi.output("x") });
    const [found = {}] = await registered("named", "a");
    assert.deepEqual(plainOf(found["claims"]), { "PermissionRule::a": "a: owner group" });
    const [declared] = turnOf(found)["declared"] as { args: object }[];
    assert.deepEqual(declared?.args, { match: "a", group: "named", reserved: ["owner"] });
  });

  test("reserve a field whose value is a promise, too", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("a", { jail, match: "a", owner: Promise.resolve("bob"), reason });
    const [found = {}] = await registered("named", "a");
    const [declared] = turnOf(found)["declared"] as { args: object }[];
    assert.deepEqual(declared?.args, { match: "a", reason, reserved: ["owner"] });
  });

  test("are also those of rules after an await that does not leave the turn of the event loop", async () => {
    const jail = new Jail("named", args);
    for (let left = 100; left > 0; left--) await Promise.resolve();
    new PermissionRule("a", { jail, match: "a", owner: "bob", reason });
    const [found = {}] = await registered("named", "a");
    assert.deepEqual(labels(found), ["PermissionRule::a"]);
    assert.equal((turnOf(found)["declared"] as unknown[]).length, 1);
  });

  test("are none where nobody knows yet what a rule matches, leaves out or in which order it comes", async () => {
    const jail = new Jail("named", args);
    const unknown = { match: pulumi.output("a"), except: pulumi.output(["a"]), order: pulumi.output(1) };
    for (const [name, value] of Object.entries(unknown))
      new PermissionRule(name, { jail, match: "a", owner: "bob", reason, [name]: value });
    const [found = {}] = await registered("named", "match", "except", "order");
    assert.deepEqual(labels(found), []);
  });

  test("are those of the turn alone, not of a rule made after an await", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("now", { jail, match: "a", owner: "bob", reason });
    await new Promise((resolve) => setTimeout(resolve, 1));
    new PermissionRule("late", { jail, match: "b", owner: "bob", reason });
    const [found = {}] = await registered("named", "now", "late");
    assert.deepEqual(labels(found), ["PermissionRule::now"]);
  });

  test("go to the Jail that they are made for", async () => {
    const [one, two] = ["one", "two"].map((name) => new Jail(name, { ...args, root: `/chroot/${name}` }));
    for (const [name, jail] of [
      ["a", one],
      ["b", two],
    ] as const)
      new PermissionRule(name, {
        jail: jail as Jail,
        match: "a",
        owner: "bob",
        reason,
      });
    const [first = {}, second = {}] = await registered("one", "two", "a", "b");
    assert.deepEqual([labels(first), labels(second)], [["PermissionRule::a"], ["PermissionRule::b"]]);
  });
});

describe("what travels beside the arguments", () => {
  test("is the URN that the engine gives, with the types of the parents, and the phase", async () => {
    const parent = new pulumi.ComponentResource("my:index:Dns", "dns");
    const jail = new Jail("named", args, { parent });
    new PermissionRule("var", { jail, match: "var", owner: "root", reason }, { parent: jail });
    const [found = {}, rule = {}] = await registered("named", "var");
    const types = "my:index:Dns$pulumi-nodejs:dynamic/chroot:Jail";
    assert.equal(turnOf(found)["urn"], `urn:pulumi:dev::proj::${types}::named`);
    assert.equal(
      turnOf(rule)["urn"],
      `urn:pulumi:dev::proj::${types}$pulumi-nodejs:dynamic/chroot:PermissionRule::var`,
    );
    assert.equal(turnOf(found)["preview"], true);
    assert.deepEqual(labels(found), ["my:index:Dns$Jail$PermissionRule::var"]);
  });

  test("is the survey of all jails of the turn, with some of its resources, without those in Outputs", async () => {
    const names = ["one", "two", "later", "four", "five"];
    for (const name of names) {
      const root = `/chroot/${name}`;
      new Jail(name, { ...args, root: name === "later" ? pulumi.output(root) : root });
    }
    const surveys = (await registered(...names)).map((found) => turnOf(found)["survey"]);
    const survey = JSON.parse(String(surveys[0])) as { root: string }[];
    assert.deepEqual(
      survey.map(({ root }) => root),
      ["/chroot/one", "/chroot/two", "/chroot/four", "/chroot/five"],
    );
    assert.deepEqual(surveys, [surveys[0], surveys[0], "[]", surveys[0], "[]"]);
  });

  test("comes first with one that has it, however many jails there are", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `jail${index}`);
    for (const name of names) new Jail(name, { ...args, root: `/chroot/${name}` });
    await registered(...names);
    const [first] = inputs.values();
    assert.equal(JSON.parse(String(turnOf(first)["survey"])).length, names.length);
  });

  test("gives a rule connection and root of its Jail, not outputs that are unknown in a preview", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("var", { jail, match: "var", owner: "root", reason });
    const [, rule = {}] = await registered("named", "var");
    const site = openOf(rule["jail"]);
    assert.equal(site["root"], "/chroot/named");
    assert.equal((site["connection"] as { host: string }).host, "ns1");
  });

  test("keeps connections secret that go beside the arguments, as they may hold keys", async () => {
    new Jail("named", args);
    const [found = {}] = await registered("named");
    assert.ok("value" in plainOf(found["turn"]), "marked as a secret");
  });
});

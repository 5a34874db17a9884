import assert from "node:assert/strict";
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { Jail, type JailArgs, JailFile, type JailFileArgs, PermissionRule, Wrapper } from "../../provider/index";
import { jail as jailHandlers, permissionRule } from "../../provider/lifecycle";

const lifecycle = { jail: jailHandlers, permissionRule };
const inputs = new Map<string, Record<string, unknown>>();
const connection = { host: "ns1", privateKey: "KEY" };
const args: JailArgs = {
  connection,
  root: "/chroot/named",
  user: "named",
  group: "named",
  baseline: { owner: "root", group: "named", fileMode: "0640", directoryMode: "0750" },
};
const reason = "why";

beforeAll(async () => {
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

/** Waits until every resource is registered, and returns the engine's inputs. */
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
const labels = (of: Record<string, unknown>) => Object.keys(plainOf(of["__claims"]));

describe("the provider in the state", () => {
  test("is a constant of at most 128 bytes that names the frozen entry", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("var", { jail, match: "var", owner: "root", reason });
    const found = await registered("named", "var");
    for (const [at, name] of (["jail", "permissionRule"] as const).entries()) {
      const text = String(found[at]?.["__provider"]);
      expect(text).toBe(`exports.handler=()=>require("pulumi-chroot/lifecycle").${name}`);
      assert.ok(Buffer.byteLength(JSON.stringify(text)) <= 128, `${JSON.stringify(text).length} bytes`);
      for (const method of ["check", "diff", "create", "read", "update", "delete"] as const)
        expect(typeof lifecycle[name][method]).toBe("function");
    }
  });
});

describe("the claims that travel with a Jail", () => {
  test("say of a protected resource that it is, whoever protects it: its options, a parent or a transformation", async () => {
    const jail = new Jail("named", args);
    const rule = (name: string, options: pulumi.CustomResourceOptions) =>
      new PermissionRule(name, { jail, match: name, owner: "root", reason }, options);
    const parent = new pulumi.ComponentResource("test:index:Parent", "parent", {}, { protect: true });
    rule("own", { protect: true });
    rule("below", { parent });
    rule("open", { parent, protect: false });
    rule("transformed", {
      transformations: [({ props, opts }) => ({ props, opts: { ...opts, protect: true } })],
    });
    new JailFile("file", { jail, path: "f", content: "", reason }, { protect: true });
    new Wrapper("wrapper", { jail, path: "/usr/sbin/w", command: ["/bin/w"], reason }, { protect: true });
    const [found = {}] = await registered("named", "own", "below", "open", "transformed", "file", "wrapper");
    const claims = Object.entries(plainOf(found["__claims"])).filter(([, text]) =>
      String(text).endsWith(" (protected)"),
    );
    const names = claims.map(([label]) => label.split("::")[1]).sort();
    expect(names).toStrictEqual(["below", "file", "own", "transformed", "wrapper"]);
  });

  test("are those of the rules of its turn: label, match and names of the fields, never values", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("a", { jail, match: "a/**", owner: "secretuser", fileMode: "0600", reason });
    new PermissionRule("b", { jail, match: "b", directoryMode: "0711", reason });
    const [found = {}] = await registered("named", "a", "b");
    expect(plainOf(found["__claims"])).toStrictEqual({
      "PermissionRule::a": "a/**: owner fileMode",
      "PermissionRule::b": "b: directoryMode",
    });
    const declared = turnOf(found)["declared"] as { kind: string; label: string; args: object }[];
    expect(declared[0]).toStrictEqual({
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
    expect(plainOf(found["__claims"])).toStrictEqual({ "PermissionRule::a": "a: owner group" });
    const [declared] = turnOf(found)["declared"] as { args: object }[];
    expect(declared?.args).toStrictEqual({ match: "a", group: "named", reserved: ["owner"] });
  });

  test("reserve a field whose value is a promise, too", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("a", { jail, match: "a", owner: Promise.resolve("bob"), reason });
    const [found = {}] = await registered("named", "a");
    const [declared] = turnOf(found)["declared"] as { args: object }[];
    expect(declared?.args).toStrictEqual({ match: "a", reason, reserved: ["owner"] });
  });

  test("are also those of rules after an await that does not leave the turn of the event loop", async () => {
    const jail = new Jail("named", args);
    for (let left = 100; left > 0; left--) await Promise.resolve();
    new PermissionRule("a", { jail, match: "a", owner: "bob", reason });
    const [found = {}] = await registered("named", "a");
    expect(labels(found)).toStrictEqual(["PermissionRule::a"]);
    expect((turnOf(found)["declared"] as unknown[]).length).toBe(1);
  });

  test("are none where nobody knows yet what a rule matches, leaves out or in which order it comes", async () => {
    const jail = new Jail("named", args);
    const unknown = { match: pulumi.output("a"), except: pulumi.output(["a"]), order: pulumi.output(1) };
    for (const [name, value] of Object.entries(unknown))
      new PermissionRule(name, { jail, match: "a", owner: "bob", reason, [name]: value });
    const [found = {}] = await registered("named", "match", "except", "order");
    expect(labels(found)).toStrictEqual([]);
  });

  test("are those of the turn alone, not of a rule made after an await", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("now", { jail, match: "a", owner: "bob", reason });
    await new Promise((resolve) => setTimeout(resolve, 1));
    new PermissionRule("late", { jail, match: "b", owner: "bob", reason });
    const [found = {}] = await registered("named", "now", "late");
    expect(labels(found)).toStrictEqual(["PermissionRule::now"]);
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
    expect([labels(first), labels(second)]).toStrictEqual([["PermissionRule::a"], ["PermissionRule::b"]]);
  });
});

describe("what travels beside the arguments", () => {
  test("is the URN that the engine gives, with the types of the parents, and the phase", async () => {
    const parent = new pulumi.ComponentResource("my:index:Dns", "dns");
    const jail = new Jail("named", args, { parent });
    new PermissionRule("var", { jail, match: "var", owner: "root", reason }, { parent: jail });
    const [found = {}, rule = {}] = await registered("named", "var");
    const types = "my:index:Dns$pulumi-nodejs:dynamic/chroot:Jail";
    expect(turnOf(found)["urn"]).toBe(`urn:pulumi:dev::proj::${types}::named`);
    expect(turnOf(rule)["urn"]).toBe(`urn:pulumi:dev::proj::${types}$pulumi-nodejs:dynamic/chroot:PermissionRule::var`);
    expect(turnOf(found)["preview"]).toBe(true);
    expect(labels(found)).toStrictEqual(["my:index:Dns$Jail$PermissionRule::var"]);
  });

  test("is the survey of all jails of the turn, with some of its resources, without those in Outputs", async () => {
    const names = ["one", "two", "later", "four", "five"];
    for (const name of names) {
      const root = `/chroot/${name}`;
      new Jail(name, { ...args, root: name === "later" ? pulumi.output(root) : root });
    }
    const surveys = (await registered(...names)).map((found) => turnOf(found)["survey"]);
    const survey = JSON.parse(String(surveys[0])) as { root: string }[];
    expect(survey.map(({ root }) => root)).toStrictEqual([
      "/chroot/one",
      "/chroot/two",
      "/chroot/four",
      "/chroot/five",
    ]);
    expect(surveys).toStrictEqual([surveys[0], surveys[0], "[]", surveys[0], "[]"]);
  });

  test("comes first with one that has it, however many jails there are", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `jail${index}`);
    for (const name of names) new Jail(name, { ...args, root: `/chroot/${name}` });
    await registered(...names);
    const [first] = inputs.values();
    expect(JSON.parse(String(turnOf(first)["survey"])).length).toBe(names.length);
  });

  test("gives a rule connection and root of its Jail, not outputs that are unknown in a preview", async () => {
    const jail = new Jail("named", args);
    new PermissionRule("var", { jail, match: "var", owner: "root", reason });
    const [, rule = {}] = await registered("named", "var");
    const site = openOf(rule["jail"]);
    expect(site["root"]).toBe("/chroot/named");
    expect((site["connection"] as { host: string }).host).toBe("ns1");
  });

  test("keeps connections secret that go beside the arguments, as they may hold keys", async () => {
    new Jail("named", args);
    const [found = {}] = await registered("named");
    assert.ok("value" in plainOf(found["turn"]), "marked as a secret");
  });
});

describe("the constructor of a resource", () => {
  const jail = () => new Jail("named", args);
  const rule = { match: "var", owner: "root", reason };

  for (const path of ["drift", ".drift", 'drift["etc"]', "drift.etc", "*"])
    test(`refuses ignoreChanges of ${path}, which would hide what up repairs`, () => {
      expect(() => new Jail("named", args, { ignoreChanges: ["root", path] })).toThrow(
        /Jail named: .* must not name drift/,
      );
      const options = { ignoreChanges: [path] };
      expect(() => new PermissionRule("r", { ...rule, jail: jail() }, options)).toThrow(/must not name drift/);
    });

  test("takes ignoreChanges of an argument, but for one of which the Jail is told", () => {
    const jail = new Jail("named", args, { ignoreChanges: ["user", "driftwood"] });
    const file = { jail, path: "etc/a", content: "x", reason };
    new JailFile("a", file, { ignoreChanges: ["content", "reason"] });
    expect(() => new JailFile("b", file, { ignoreChanges: ["mode"] })).toThrow(
      /JailFile b: ignoreChanges must not name mode/,
    );
    for (const path of ["match", '["match"]', "except[0]", "owner"])
      expect(() => new PermissionRule("r", { ...rule, jail }, { ignoreChanges: [path] })).toThrow(
        /PermissionRule r: ignoreChanges must not name (match|except|owner): the Jail would use the program's value/,
      );
  });

  test("refuses to replace what has drifted", () => {
    for (const path of ["drift", ".drift", "*"])
      expect(() => new Jail("named", args, { replaceOnChanges: [path] })).toThrow(
        /replaceOnChanges must not name drift/,
      );
    new Jail("named", args, { replaceOnChanges: ["user"] });
  });

  test("says how to take over what is there where it is to be imported", () => {
    expect(() => new Jail("named", args, { import: "x" })).toThrow(/Jail named: .*import.* adopt: true/);
  });

  test("says that a Jail is one of another copy of the package", () => {
    class Other extends pulumi.CustomResource {
      constructor(type: string) {
        super(type, "named", { connection: { host: "ns1" }, root: "/chroot/named" });
      }
    }
    const of = (type: string) => () => new PermissionRule("r", { ...rule, jail: new Other(type) as unknown as Jail });
    expect(of("pulumi-nodejs:dynamic/chroot:Jail")).toThrow(
      /PermissionRule r: another copy of pulumi-chroot made this/,
    );
    expect(of("my:index:Thing")).toThrow(/PermissionRule r: jail is a resource of type my:index:Thing: give a Jail/);
  });

  test("says what a jail has to be, where it is none", () => {
    const reference = { connection: { host: "ns1" }, root: "/chroot/named" };
    for (const [given, why] of [
      [pulumi.output(reference), /jail is an Output or a Promise: give a Jail, or an object with connection and root/],
      [Promise.resolve(reference), /jail is an Output or a Promise/],
      [[reference], /jail is a list: give a Jail/],
      [undefined, /jail is missing/],
    ] as const) {
      const made = { jail: given as unknown as Jail, path: "etc/a", content: "x", reason };
      assert.throws(() => new JailFile("f", made), why);
      assert.throws(() => new PermissionRule("r", { ...rule, jail: made.jail }), why);
    }
    for (const none of [undefined, null])
      expect(() => new JailFile("f", none as unknown as JailFileArgs)).toThrow(/JailFile f: jail is missing/);
    expect(() => new Jail(undefined as unknown as string, args)).toThrow(/Missing resource name/);
  });

  test("says that a name has an Output in it as text", () => {
    expect(() => new Jail(`jail-${pulumi.output("x")}`, args)).toThrow(/Jail jail-.*: the name has an Output in it/);
  });
});

describe("mistakes in the arguments of a turn", () => {
  const sound = { match: "a", owner: pulumi.output("bob"), reason };

  test("travel with each of its resources, by label, and say nothing of what is not known yet", async () => {
    const one = new Jail("one", args);
    const other = new Jail("other", { ...args, root: pulumi.output("/chroot/other") });
    new PermissionRule("right", { jail: one, ...sound });
    new PermissionRule("wrong", { jail: other, match: "a", fileMode: "0999", reason });
    const found = await registered("one", "other", "right");
    for (const each of found) {
      const [mistake, ...more] = turnOf(each)["mistakes"] as string[];
      expect(mistake ?? "").toMatch(/^PermissionRule::wrong: fileMode: .*"0999"/);
      expect(more).toStrictEqual([]);
    }
  });

  test("include one between arguments, and leave out those of the Jail", async () => {
    const jail = new Jail("wrong-host", { ...args, connection: { ...connection, host: "h:22" } });
    const other = new Jail("right-host", args);
    new PermissionRule("of-wrong", { jail, match: "a", fileMode: "0640", reason });
    new JailFile("two", { jail: other, path: "etc/f", content: "x", symlinkTo: "y", reason });
    const [found] = await registered("two", "of-wrong");
    expect(turnOf(found ?? {})["mistakes"]).toStrictEqual([
      expect.stringMatching(/^Jail::wrong-host: connection\.host: /),
      "JailFile::two: give one of content, source, hostFile, symlinkTo, directory, not content and symlinkTo",
    ]);
  });

  test("are none where there are none", async () => {
    const asset = new pulumi.asset.StringAsset("x");
    const jail = new Jail("named", { ...args, adopt: undefined as unknown as boolean });
    new PermissionRule("right", { jail, ...sound });
    new JailFile("file", { jail, path: "etc/f", source: Promise.resolve(asset), reason });
    new JailFile("asset", { jail, path: "etc/g", source: asset, reason });
    new Wrapper("wrapper", { jail, path: "/usr/local/sbin/w", command: ["/bin/d", sound.owner], reason });
    for (const each of await registered("named", "right", "file", "asset", "wrapper"))
      expect(turnOf(each)["mistakes"]).toBe(undefined);
  });
});

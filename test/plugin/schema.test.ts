import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { unknownValue } from "../../provider/model/unknown";
import { omit, type Values } from "../../provider/model/values";
import { Provider } from "../../provider/plugin/provider";
import { hasSecret } from "../../provider/plugin/secrets";

interface Property {
  readonly $ref?: string;
  readonly secret?: boolean;
  readonly replaceOnChanges?: boolean;
  readonly willReplaceOnChanges?: boolean;
}

interface Shape {
  readonly inputProperties: Readonly<Record<string, Property>>;
  readonly requiredInputs: readonly string[];
}

const file = join(__dirname, "..", "..", "..", "schema.json");
const schema = JSON.parse(readFileSync(file, "utf8")) as {
  readonly resources: Readonly<Record<string, Shape>>;
  readonly types: Readonly<Record<string, { readonly properties: Readonly<Record<string, Property>> }>>;
};

// An unknown host keeps the check from dialling one.
const connection = { host: unknownValue };
const jail = { connection, root: "/srv/app" };
const reason = "a test";
const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
/** Arguments that no check refuses, by resource. */
const samples: Readonly<Record<string, Values>> = {
  Jail: { connection, root: "/srv/app", user: "www", group: "www", baseline },
  JailFile: { jail, path: "etc/file", content: "text", reason },
  PermissionRule: { jail, match: "var", owner: "root", group: "www", reason },
  Wrapper: { jail, path: "/etc/jails/daemon", command: ["/bin/daemon"], reason },
};

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

describe.each(Object.entries(samples))("the schema of a %s", (name, sample) => {
  const provider = new Provider(undefined, new AbortController().signal);
  afterAll(() => provider.close());
  const urn = `urn:pulumi:dev::p::chroot:index:${name}::one`;
  const { inputProperties, requiredInputs } = schema.resources[`chroot:index:${name}`] as Shape;
  // The engine prints the value of a property: one that may hold a key is named by the reason alone.
  const refused = async (news: Values) =>
    (await provider.check(urn, {}, news)).failures.map(
      ({ property, reason: why }) => /^\w+/.exec(property || why)?.[0],
    );

  test("calls the arguments required that a check does", async () => {
    // The provider's configuration may give the connection.
    provider.connection = connection;
    expect(await refused(sample)).toStrictEqual([]);
    for (const key of Object.keys(inputProperties)) {
      // A file is something: without a content it is a link.
      const rest = { ...omit(sample, [key]), ...(key === "content" ? { symlinkTo: "other" } : {}) };
      expect([key, await refused(rest)]).toStrictEqual([key, requiredInputs.includes(key) ? [key] : []]);
    }
    provider.connection = undefined;
  });

  test("names each argument that a check knows, and a secret in it comes back as one", async () => {
    for (const key of Object.keys(inputProperties)) {
      const { inputs } = await provider.check(urn, {}, { ...sample, [key]: secret(sample[key] ?? "text") });
      expect([key, hasSecret(inputs[key])]).toStrictEqual([key, true]);
    }
    expect(await refused({ ...sample, other: "text" })).toStrictEqual(["other"]);
  });

  test("says of the arguments whether another value replaces the resource", async () => {
    for (const [key, { $ref, willReplaceOnChanges = false }] of Object.entries(inputProperties)) {
      const isPlace = $ref?.endsWith(":JailReference") === true;
      const value = isPlace ? { ...jail, root: "/srv/other" } : "other";
      const olds = withHost(sample);
      const news = withHost({ ...sample, [key]: value });
      const { replaces = [] } = await provider.diff({ urn, id: "id" }, olds, { inputs: olds, news });
      expect([key, replaces]).toStrictEqual([key, isPlace || willReplaceOnChanges ? [key] : []]);
    }
  });
});

test("the schema calls the keys of a connection secret that come back as secrets", async () => {
  const provider = new Provider(undefined, new AbortController().signal);
  const all = (type: string) => schema.types[`chroot:index:${type}`]?.properties ?? {};
  const textOf = (type: string): Values => Object.fromEntries(Object.keys(all(type)).map((key) => [key, "text"]));
  const given = { ...textOf("Connection"), proxy: [textOf("ProxyConnection")], become: textOf("Become") };
  const { inputs } = await provider.check("urn:pulumi:dev::p::chroot:index:Jail::one", {}, { connection: given });
  const marked = inputs["connection"] as typeof given & Values;
  const isMarked = (type: string, values: Values) =>
    Object.entries(all(type))
      .filter(([key]) => !["proxy", "become"].includes(key))
      .map(([key, { secret: isSecret = false }]) => [key, isSecret, hasSecret(values[key])]);
  const compared = [
    ...isMarked("Connection", marked),
    ...isMarked("ProxyConnection", marked.proxy[0] ?? {}),
    ...isMarked("Become", marked.become),
  ];
  expect(compared.filter(([, isSecret]) => isSecret).length).toBeGreaterThan(5);
  for (const [key, isSecret, isBack] of compared) expect([key, isBack]).toStrictEqual([key, isSecret]);
  await provider.close();
});

/** With a host that has a name, as a diff of unknown values tells nothing. */
function withHost(values: Values): Values {
  return JSON.parse(JSON.stringify(values).replaceAll(unknownValue, "ns1")) as Values;
}

import { beforeAll, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { type Baseline, Jail, JailFile, PermissionRule, Wrapper } from "../../provider/index";
import { kinds } from "../../provider/resources/kinds";

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
    call: () => ({}),
  });
});

const reason = "why";
const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
const place = { connection: { host: "ns1" }, root: "/srv/jail" };
const newJail = () => new Jail("jail", { ...place, user: "www", group: "www", baseline });
const resolved = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

test("a program's unit test with mocks reads the arguments back as outputs, with their types", async () => {
  const jail = newJail();
  const rule = new PermissionRule("rule", { jail, match: "etc/**", special: ["setgid"], reason });
  const file = new JailFile("file", { jail, path: "etc/motd", content: "hello\n", reason });
  const wrapper = new Wrapper("wrapper", { jail, path: "/usr/local/sbin/w", command: ["/bin/w"], reason });
  const declared: Baseline = await resolved(jail.baseline);
  expect(declared).toStrictEqual(baseline);
  const texts: string[] = await Promise.all(
    [rule.match, file.path, wrapper.path, jail.root, rule.jail.root].map(resolved),
  );
  expect(texts).toStrictEqual(["etc/**", "etc/motd", "/usr/local/sbin/w", "/srv/jail", "/srv/jail"]);
  expect(await resolved(rule.special)).toStrictEqual(["setgid"]);
  expect(await resolved(wrapper.command)).toStrictEqual(["/bin/w"]);
  const mode: string | undefined = await resolved(rule.fileMode);
  expect(mode).toBe(undefined);
});

test("each argument is an output, also of a resource whose program leaves it out", () => {
  const jail = newJail();
  const made = {
    Jail: jail,
    JailFile: new JailFile("file", { jail, path: "etc/motd", content: "", reason }),
    PermissionRule: new PermissionRule("rule", { jail: place, match: "etc/**", reason }),
    Wrapper: new Wrapper("wrapper", { jail, path: "/usr/local/sbin/w", command: ["/bin/w"], reason }),
  };
  expect(Object.keys(made)).toStrictEqual([...kinds.keys()].sort());
  for (const [name, resource] of Object.entries(made))
    for (const key of kinds.get(name)?.keys ?? [])
      expect([name, key, pulumi.Output.isInstance(resource[key as "urn"])]).toStrictEqual([name, key, true]);
});

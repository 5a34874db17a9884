import { beforeAll, expect, test } from "@jest/globals";
import { type DeclaredOptions, Jail, JailFleet } from "../../../provider/index";
import { mockEngine, type Registered, settled } from "../../support/mocked-fleet";

let registered: Registered[];
beforeAll(async () => {
  registered = await mockEngine(true);
});

test("in a preview nothing waits, and the first resource brings the jails of all waves", async () => {
  const hosts = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, { host: name }]));
  const seen: DeclaredOptions[] = [];
  const fleet = new JailFleet("named", {
    hosts,
    waves: [{ name: "one", size: 1 }, { name: "two", size: 1 }, { name: "rest" }],
    declare: ({ name, connection }, options) => {
      seen.push(options);
      const baseline = { owner: "root", group: "named", fileMode: "0640", directoryMode: "0750" };
      return new Jail(name, { connection, root: "/chroot/named", user: "named", group: "named", baseline }, options);
    },
  });
  await settled(fleet.hosts);
  expect(seen.map(({ dependsOn }) => dependsOn)).toStrictEqual([[], [], [], []]);
  const turn = JSON.parse(JSON.stringify(registered.find(({ name }) => name === "a")?.inputs["turn"]));
  const sites = JSON.parse((turn.value ?? turn).survey) as { connection: { host: string } }[];
  expect(sites.map(({ connection }) => connection.host)).toStrictEqual(["a", "b", "c", "d"]);
});

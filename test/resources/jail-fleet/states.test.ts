import { expect, test } from "@jest/globals";
import { Jail, JailFleet } from "../../../provider/index";
import { mockEngine, settled } from "../../support/mocked-fleet";

const drifts = {
  away: { "(host)": "not checked: no answer for 5 s" },
  changed: { "(host)": "not checked: its host key has changed" },
  partly: { etc: "0777 => 0750", var: "not checked: it cannot be read" },
  later: { "(host)": "not checked: its user is not known yet in this preview" },
  refused: { "(host)": "refused: its root is not root's" },
  drifted: { etc: "0777 => 0750" },
};

test("a host that was not looked at, or only in part, is not checked, whatever the reason", async () => {
  await mockEngine(true, drifts);
  const fleet = new JailFleet("named", {
    hosts: Object.fromEntries([...Object.keys(drifts), "good"].map((name) => [name, { host: name }])),
    waves: [{ name: "all" }],
    declare: ({ name, connection }, options) => {
      const baseline = { owner: "root", group: "named", fileMode: "0640", directoryMode: "0750" };
      return new Jail(name, { connection, root: "/chroot/named", user: "named", group: "named", baseline }, options);
    },
  });
  expect(await settled(fleet.hosts)).toStrictEqual({
    away: "not checked",
    changed: "not checked",
    partly: "not checked",
    later: "waiting",
    refused: "refused",
    drifted: "drifted",
    good: "in sync",
  });
});

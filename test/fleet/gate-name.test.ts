import { expect, test } from "@jest/globals";
import type { GateDeclaration } from "../../provider/fleet/gate";
import { durationText, gateName } from "../../provider/fleet/gate-name";

const names: [GateDeclaration, string][] = [
  [{ tcp: { port: 53 } }, "tcp 53"],
  [{ tcp: { port: 53, host: "2001:db8::1" } }, "tcp [2001:db8::1]:53"],
  [{ dns: { name: "example.com" } }, "dns example.com"],
  [{ dns: { name: "example.com", type: "SOA", port: 5353 } }, "dns example.com SOA at port 5353"],
  [{ dns: { name: "example.com", server: "ns1" } }, "dns example.com at ns1:53"],
  [{ http: { url: "https://{host}/health?token=canary#canary" } }, "https://{host}/health"],
  [{ unit: "named.service" }, "unit named.service"],
  [{ command: "rndc status" }, "command rndc"],
  [{ command: "PASSWORD=canary rndc status" }, "command of sh"],
  [{ command: "'can ary' x" }, "command of sh"],
  [{ noDrift: true }, "no drift"],
  [{ soak: 600 }, "soak 10m"],
  [{ soak: 5, name: "wait\u202e\u001b[2J" }, "wait\\xe2\\x80\\xae\\x1b[2J"],
];

test.each(names)("the name of %j shows its check, and nothing secret", (gate, name) => {
  expect(gateName(gate)).toBe(name);
});

test("a time is told in the units that people use", () => {
  expect([0.25, 45, 90, 5400, 86_400, 90_061].map(durationText)).toStrictEqual([
    "0.25s",
    "45s",
    "1m30s",
    "1h30m",
    "1d",
    "1d1h1m1s",
  ]);
});

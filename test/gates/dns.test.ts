import { expect, test } from "@jest/globals";
import { useGateServers } from "../support/gate-servers";
import { closing, gateOn } from "../support/run-gate";

const servers = useGateServers();
const hosts = { ns1: "127.0.0.1" };
const name = "www.example.com";

test("a name server that answers opens the gate at its third try", async () => {
  let tries = 0;
  const port = await servers.dns((count) => {
    tries = count;
    return count < 3 ? [2] : [0, "192.0.2.80"];
  });
  expect((await gateOn(hosts, { dns: { name, port } })).isOpen).toBe(true);
  expect(tries).toBe(3);
});

test("an answer is waited for, and others are told", async () => {
  const port = await servers.dns((count) => [0, "192.0.2.80", count < 3 ? "192.0.2.81" : "192.0.2.82"]);
  expect((await gateOn(hosts, { dns: { name, port, answer: "192.0.2.82" } })).isOpen).toBe(true);
  const { why } = await gateOn(hosts, { dns: { name, port, answer: "192.0.2.9" }, timeout: closing });
  expect(why).toMatch(
    /^ns1: 127\.0\.0\.1:\d+: it answers 192\.0\.2\.80, 192\.0\.2\.82, not 192\.0\.2\.9 \(\d+ tr(y|ies)\)$/,
  );
});

test.each([
  [[0], "the name has no record of type A"],
  [[2], "it cannot answer (SERVFAIL)"],
  [[3], "it knows no such name (NXDOMAIN)"],
  [[5], "it refuses the question (REFUSED)"],
] as [[number], string][])("the response code %j is a reason", async (said, words) => {
  const port = await servers.dns(() => said);
  const { why } = await gateOn(hosts, { dns: { name, port }, timeout: closing });
  expect(why?.replace(/\(\d+ \w+\)$/, "")).toBe(`ns1: 127.0.0.1:${port}: ${words} `);
});

test("a name server that never answers closes the gate at its end", async () => {
  const port = await servers.dns(() => undefined);
  const { why } = await gateOn(hosts, { dns: { name, port }, timeout: 0.1 });
  expect(why).toMatch(/^ns1: 127\.0\.0\.1:\d+: no answer for \d\.\d s \(1 try\)$/);
});

test("a name server of the gate's own is asked instead of the hosts, and may have a name", async () => {
  const port = await servers.dns(() => [0, "192.0.2.80"]);
  expect((await gateOn({ ns1: "127.0.0.2" }, { dns: { name, server: "127.0.0.1", port } })).isOpen).toBe(true);
  const { why } = await gateOn(hosts, { dns: { name, server: "ns.invalid" }, timeout: closing });
  expect(why).toMatch(/^ns\.invalid:53: (its name has no address|no name server answers for its name|no answer)/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { Asking } from "../../provider/agent/asking";
import { siteOn } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

let host: LabHost;
useHost({ countScans: true }, async (made) => {
  host = made;
  await host.must("mkdir -p /srv/jail");
});
const site = () => siteOn(host, "/srv/jail");

test("who asks on goes on with its agent when another one's question has failed; the next question has a new one", async () => {
  const asking = new Asking(site());
  host.resetCounts();
  const bad = asking.ask(async (agent) => {
    await agent.request("zone");
    throw new Error("the host says something that nobody can read");
  });
  const good = asking.ask(async (agent) => {
    await agent.request("zone");
    await bad.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    const { status } = await agent.request("zone");
    return [status, (await agent.request("neighbours")).status];
  });
  await assert.rejects(bad, /nobody can read/);
  const next = asking.ask(async (agent) => (await agent.request("zone")).status);
  assert.deepEqual(await good, [0, 0]);
  assert.equal(await next, 0);
  assert.equal(host.commands(), 2);
});

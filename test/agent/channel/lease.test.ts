import { expect, test } from "@jest/globals";
import { newLease } from "../../support/connections";
import { directory } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";

let host: MemoryHost;
useMemoryHost({}, (made) => {
  host = made;
  host.files.make("/srv/jail", { ".": directory() });
});

test("who asks on goes on with its agent when another one's question has failed; the next question has a new one", async () => {
  const lease = newLease(host.site("/srv/jail"));
  const bad = lease.ask(async (agent) => {
    await agent.request("zone");
    throw new Error("the host says something that nobody can read");
  });
  const good = lease.ask(async (agent) => {
    await agent.request("zone");
    await bad.catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    const { status } = await agent.request("zone");
    return [status, (await agent.request("neighbours")).status];
  });
  await expect(bad).rejects.toThrow(/nobody can read/);
  const next = lease.ask(async (agent) => (await agent.request("zone")).status);
  expect(await good).toStrictEqual([0, 0]);
  expect(await next).toBe(0);
  expect(host.agents).toBe(2);
});

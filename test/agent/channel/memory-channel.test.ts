import { expect, test } from "@jest/globals";
import { ask } from "../../../provider/agent/channel/ask";
import { withAgent } from "../../support/connections";
import { startMemoryHost, stopMemoryHost } from "../../support/memory-host/memory-host";

test("a word that a host in memory does not serve ends the agent by its name, and is noted for the test file", async () => {
  const host = startMemoryHost();
  const work = withAgent(host.site("/srv/jail"), (agent) =>
    Promise.all([ask(agent, "records"), ask(agent, "reload"), ask(agent, "records")]),
  );
  const error = /a host in memory does not serve the word "reload": this test needs a real host/;
  await expect(work).rejects.toThrow(error);
  expect(host.broken).toStrictEqual([expect.stringMatching(error)]);
  expect([...host.requests]).toStrictEqual([
    ["records", 1],
    ["reload", 1],
  ]);
  stopMemoryHost(host);
  await expect(withAgent(host.site("/srv/jail"), async () => undefined)).rejects.toThrow(
    /this host in memory has ended/,
  );
});

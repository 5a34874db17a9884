import { expect, test } from "@jest/globals";
import { Prefetch } from "../../../provider/agent/channel/prefetch";
import { askFiles } from "../../../provider/agent/requests/files";
import { lockAndLook } from "../../../provider/agent/requests/observe";
import type { Bytes } from "../../../provider/model/bytes";
import { withAgent } from "../../support/connections";
import { directory, file } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";

let host: MemoryHost;
useMemoryHost({}, (made) => {
  host = made;
  host.files.make("/srv/jail", { ".": directory(), file: file("one\n"), "/srv/two": file("two\n") });
});

const questions = { contents: ["file" as Bytes, "/srv/two" as Bytes], places: ["/srv/two" as Bytes] };

test("what was asked after the last look is asked with the next one, and is answered as it is then", async () => {
  const site = host.site("/srv/jail");
  const prefetch = new Prefetch();
  const once = async () => {
    const before = host.rounds;
    const sums = await withAgent(
      site,
      async (agent) => {
        await lockAndLook(agent, "-s");
        return [...(await askFiles(agent, questions)).contents.values()].map(({ size }) => size);
      },
      { prefetch },
    );
    return { sums, rounds: host.rounds - before };
  };
  const first = await once();
  host.files.write("/srv/two", "longer\n");
  const second = await once();
  expect([first.sums, second.sums]).toStrictEqual([
    [4, 4],
    [4, 7],
  ]);
  expect([first.rounds, second.rounds]).toStrictEqual([2, 1]);
});

test("a question that was asked holds until something is changed", async () => {
  const site = host.site("/srv/jail");
  const sizes = await withAgent(site, async (agent) => {
    await lockAndLook(agent, "-x");
    const size = async () => (await askFiles(agent, questions)).contents.get("/srv/two" as Bytes)?.size;
    host.files.write("/srv/two", "1\n");
    const first = await size();
    host.files.write("/srv/two", "12345\n");
    const second = await size();
    await agent.request("drop nothing");
    return [first, second, await size()];
  });
  expect(sizes).toStrictEqual([2, 2, 6]);
});

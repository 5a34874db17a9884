import { expect, test } from "@jest/globals";
import { Prefetch } from "../../../provider/agent/channel/prefetch";
import { askFiles } from "../../../provider/agent/requests/files";
import { lockAndLook } from "../../../provider/agent/requests/observe";
import type { Bytes } from "../../../provider/model/bytes";
import { closeAll, withAgent } from "../../support/connections";
import { siteOn } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { lineTo } from "../../support/tcp-proxy";
import { useHost } from "../../support/use-host";

let host: LabHost;
useHost({}, async (made) => {
  host = made;
  await host.must("mkdir -p /srv/jail; echo one >/srv/jail/file; echo two >/srv/two");
});

const questions = { contents: ["file" as Bytes, "/srv/two" as Bytes], places: ["/srv/two" as Bytes] };

test("what was asked after the last look is asked with the next one, and is answered as it is then", async () => {
  const line = await lineTo(host.port);
  line.trouble = { delay: 20 };
  try {
    const site = siteOn(host, "/srv/jail", { port: line.port });
    const prefetch = new Prefetch();
    const once = async () => {
      line.reset();
      const sums = await withAgent(
        site,
        async (agent) => {
          await lockAndLook(agent, "-s");
          return [...(await askFiles(agent, questions)).contents.values()].map(({ size }) => size);
        },
        { prefetch },
      );
      await closeAll();
      return { sums, exchanges: line.exchanges() };
    };
    const first = await once();
    await host.must("echo longer >/srv/two");
    const second = await once();
    expect([first.sums, second.sums]).toStrictEqual([
      [4, 4],
      [4, 7],
    ]);
    expect(second.exchanges).toBe(first.exchanges - 1);
  } finally {
    line.close();
  }
});

test("a question that was asked holds until something is changed", async () => {
  const site = siteOn(host, "/srv/jail");
  const sizes = await withAgent(site, async (agent) => {
    await lockAndLook(agent, "-x");
    const size = async () => (await askFiles(agent, questions)).contents.get("/srv/two" as Bytes)?.size;
    await host.must("echo 1 >/srv/two");
    const first = await size();
    await host.must("echo 12345 >/srv/two");
    const second = await size();
    await agent.request("drop nothing");
    return [first, second, await size()];
  });
  expect(sizes).toStrictEqual([2, 2, 6]);
});

import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { agesOf } from "../../../provider/agent/requests/times";
import type { Bytes } from "../../../provider/model/bytes";
import { observe, withAgent } from "../../support/connections";
import { siteOn } from "../../support/jail-site";
import { directory, file } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const root = "/srv/jail";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour }, (made) => {
      host = made;
    });

    test("entries tell how long ago they have changed, by their inodes: no name forges a time", async () => {
      await host.must(`mkdir -p ${root}/etc && cd ${root}/etc && : >old && : >swapped && ln -s /etc link && mkfifo fifo
        : >"$(printf 'a\\n1:1 1')"; : >-n`);
      const site = siteOn(host, root);
      const { entries } = await observe(site);
      await setTimeout(1100);
      await host.must(`cd ${root}/etc && mv swapped away && : >swapped && rm link`);
      const inodes = new Map([...entries].map(([path, { inode }]) => [path, inode]));
      inodes.set("etc/gone" as Bytes, "1:1");
      const ages = await withAgent(site, (agent) => agesOf(agent, inodes));
      expect([...ages.keys()].sort()).toStrictEqual([".", "etc", "etc/-n", "etc/a\n1:1 1", "etc/fifo", "etc/old"]);
      expect(ages.get("etc/old" as Bytes)).toBeGreaterThanOrEqual(1);
      expect(Math.max(...ages.values())).toBeLessThan(600);
    });
  });

describe("on a host whose clock is wrong", () => {
  let host: MemoryHost;
  useMemoryHost({}, (made) => {
    host = made;
  });

  test("a time to come, and one that the file system does not keep, are left out", async () => {
    host.files.make(root, { ".": directory(), past: file(), future: file(), none: file(), before: file() });
    const times = { future: 10_000_000n, none: 0n, before: -5n };
    for (const [name, time] of Object.entries(times)) host.tree.get(`${root}/${name}`).changed = time;
    const site = host.site(root);
    const { entries } = await observe(site);
    const inodes = new Map([...entries].map(([path, { inode }]) => [path, inode]));
    const ages = await withAgent(site, (agent) => agesOf(agent, inodes));
    expect([...ages.keys()].sort()).toStrictEqual([".", "past"]);
  });
});

import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { describe, test } from "node:test";
import { launchHost } from "../../provider/agent/launch";
import { withAgent } from "../../provider/agent/observe";
import type { Launch } from "../../provider/model/launch";
import { launch } from "../render/launches";
import { siteOn } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`what a ${flavour} host tells of starting daemons`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: { named: { uid: 7001, gid: 7002 }, bob: { uid: 1000, gid: 1000 } } }, (made) => {
      host = made;
      appendFileSync(host.path("/etc/group"), "adm:x:4:named\ndisk:x:6:bob\nweb:x:33:bob,named\n");
    });
    const ask = (more: Partial<Launch> = {}) =>
      withAgent(siteOn(host, "/chroot/named"), (agent) => launchHost(agent, { ...launch, ...more }, "host"));

    test("are the tools that it lacks, by name", async () => {
      const { lacks } = await ask({ capabilities: { net_bind_service: "why", sys_time: "why" } });
      assert.deepEqual(lacks, flavour === "gnu" ? [] : ["the host has no setpriv of util-linux"]);
      if (flavour === "busybox") return;
      const [no = "", ...more] = (await ask({ capabilities: { no_such: "why" } })).lacks;
      assert.match(no, /^setpriv and chroot cannot do what is needed: setpriv: unknown capability "no_such"$/);
      assert.deepEqual(more, []);
    });

    test("are the groups that its own files have the user in", async () => {
      assert.deepEqual((await ask()).memberOf, flavour === "gnu" ? [4, 33] : []);
      assert.deepEqual((await ask({ uid: 4242 })).memberOf, []);
    });

    test("is whether systemd runs it", async () => {
      assert.equal((await ask()).systemd, false);
      await host.must("mkdir -p /run/systemd/system");
      assert.equal((await ask()).systemd, flavour === "gnu", "with systemctl alone");
    });
  });

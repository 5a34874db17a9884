import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { launchHost } from "../../../provider/agent/requests/launch";
import type { Launch } from "../../../provider/model/launch";
import { launch } from "../../render/launches";
import { withAgent } from "../../support/connections";
import { siteOn } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`what a ${flavour} host tells of starting daemons`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: { named: { uid: 7001, gid: 7002 }, bob: { uid: 1000, gid: 1000 } } }, (made) => {
      host = made;
      appendFileSync(host.path("/etc/group"), "adm:x:4:named\ndisk:x:6:bob\nweb:x:33:bob,named\n");
    });
    const ask = (more: Partial<Launch> = {}) =>
      withAgent(siteOn(host, "/chroot/named"), (agent) => launchHost(agent, { ...launch, ...more }));

    test("are the tools that it lacks, by name", async () => {
      const { lacks } = await ask({ capabilities: { net_bind_service: "why", sys_time: "why" } });
      expect(lacks).toStrictEqual(flavour === "gnu" ? [] : ["the host has no setpriv of util-linux"]);
      if (flavour === "busybox") return;
      const [no = "", ...more] = (await ask({ capabilities: { no_such: "why" } })).lacks;
      expect(no).toMatch(/^setpriv and chroot fail with the needed options: setpriv: unknown capability "no_such"$/);
      expect(more).toStrictEqual([]);
    });

    test("are the groups that its own files have the user in", async () => {
      expect((await ask()).memberOf).toStrictEqual(flavour === "gnu" ? [4, 33] : []);
      expect((await ask({ uid: 4242 })).memberOf).toStrictEqual([]);
    });

    test("is whether systemd runs it", async () => {
      expect((await ask()).systemd).toBe(false);
      await host.must("mkdir -p /run/systemd/system");
      assert.equal((await ask()).systemd, flavour === "gnu", "with systemctl alone");
    });
  });

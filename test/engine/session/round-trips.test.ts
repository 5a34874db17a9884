import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { closeAll } from "../../support/connections";
import { type Driven, drive, type JailPart } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { lineTo } from "../../support/tcp-proxy";
import { useHost } from "../../support/use-host";

/** Round trips of SSH itself that begin a session: its channel, and its command. */
const opening = 2;
const reason = "the daemon needs it";
/** As much as a wrapped nginx needs: some 60 paths, each kind of thing among them. */
const jail: JailPart = {
  user: "www",
  group: "www",
  accounts: { users: { www: reason }, groups: { www: reason } },
  hostFiles: { nsswitch: reason, hosts: reason, localtime: reason, services: reason, protocols: reason },
  devices: { null: reason, zero: reason, full: reason, random: reason, urandom: reason, tty: reason },
  directories: Object.fromEntries(Array.from({ length: 20 }, (_, number) => [`srv/${number}`, reason])),
  writable: { "var/log": reason },
  mounts: { run: { type: "tmpfs", size: "1m", owner: "www", group: "www", reason } },
};

const binaries = {
  gnu: { "/usr/bin/ssh": reason, "/bin/ls": reason, "/usr/bin/git": reason, "/usr/bin/stat": reason },
  busybox: { "/bin/sh": reason },
};

for (const flavour of ["gnu", "busybox"] as const)
  describe(`over a line to a ${flavour} host, where a round trip takes 50 ms`, () => {
    const root = "/srv/jail";
    let host: LabHost;
    const source = `/run/log-${flavour}-${process.pid}`;
    useHost({ flavour, accounts: account, countScans: true }, async (made) => {
      host = made;
      await host.must(`ln -s ${source} /dev/log; ${flavour === "gnu" ? "busybox " : ""}syslogd -O /var/log/messages
        until [ -S ${source} ] && [ -f /var/run/syslogd.pid ]; do sleep 0.05; done`);
      await host.must(
        "cp /etc/passwd /etc/localtime; : >/etc/fstab; mkdir -p /srv; touch /etc/hosts /etc/nsswitch.conf /etc/services /etc/protocols",
      );
    });

    test("a whole jail is made by one connection and 8 round trips, and looked at in one session", async () => {
      const line = await lineTo(host.port);
      line.trouble = { delay: 25 };
      try {
        const program = (): Driven =>
          drive(siteOn(host, root, { port: line.port }), {
            ...jail,
            binaries: binaries[flavour],
            logSocket: { from: source, reason },
          });
        const first = program();
        const { plan } = await first.assess();
        assert.ok(plan.differences.length >= (flavour === "gnu" ? 60 : 45), `${plan.differences.length} differences`);
        const before = line.exchanges();
        expect(await first.up()).toSucceed();
        const made = line.exchanges() - before - opening;
        assert.ok(made <= 8, `${made} round trips`);
        expect(line.connections()).toBe(1);
        await closeAll();
        line.reset();
        host.resetCounts();
        expect((await program().assess()).plan.differences).toStrictEqual([]);
        expect([line.connections(), host.commands(), host.scans()]).toStrictEqual([1, 1, 1]);
        assert.ok(line.exchanges() <= 15, `${line.exchanges()} round trips with those of the login`);
        const quiet = line.exchanges();
        await host.must(`chmod 0777 ${root}/srv/1`);
        await closeAll();
        line.reset();
        const { plan: drifted, observation } = await program().assess();
        expect([drifted.differences.length, observation.ages?.size]).toStrictEqual([1, 1]);
        // One for the flags and the ages of the path.
        assert.ok(line.exchanges() <= quiet + 1, `${line.exchanges()} round trips, and ${quiet} without drift`);
      } finally {
        line.close();
      }
    });
  });

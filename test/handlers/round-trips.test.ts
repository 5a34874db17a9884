import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { closeAll } from "../../provider/ssh/host";
import { type Driven, drive, errorsOf, type JailPart } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { lineTo } from "../support/tcp-proxy";
import { useHost } from "../support/use-host";

const reason = "the daemon needs it";
/** As large as a jail of nginx with all its modules: 60 files and more. */
const jail: JailPart = {
  user: "www",
  group: "www",
  binaries: { "/usr/bin/ssh": reason, "/bin/ls": reason, "/usr/bin/git": reason, "/usr/bin/stat": reason },
  accounts: { users: { www: reason }, groups: { www: reason } },
  hostFiles: { nsswitch: reason, hosts: reason, localtime: reason, services: reason, protocols: reason },
  devices: { null: reason, zero: reason, full: reason, random: reason, urandom: reason, tty: reason },
  directories: Object.fromEntries(Array.from({ length: 20 }, (_, number) => [`srv/${number}`, reason])),
  writable: { "var/log": reason },
  mounts: { run: { type: "tmpfs", size: "1m", owner: "www", group: "www", reason } },
};

for (const flavour of ["gnu", "busybox"] as const)
  describe(`over a line to a ${flavour} host, where a round trip takes 50 ms`, () => {
    const root = "/srv/jail";
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must(
        "cp /etc/passwd /etc/localtime; : >/etc/fstab; mkdir -p /srv; touch /etc/hosts /etc/nsswitch.conf /etc/services /etc/protocols",
      );
    });

    test("a whole jail is made by one connection and 8 round trips, and looked at in one session", async () => {
      const line = await lineTo(host.port);
      line.trouble = { delay: 25 };
      try {
        const program = (): Driven => drive(siteOn(host, root, { port: line.port }), jail);
        const first = program();
        const { plan } = await first.view();
        assert.ok(plan.differences.length > 60, `${plan.differences.length}`);
        const connected = line.exchanges();
        assert.deepEqual(errorsOf(await first.up()), []);
        const made = line.exchanges() - connected;
        assert.equal(line.connections(), 1);
        await closeAll();
        line.reset();
        host.resetCounts();
        const { plan: after } = await program().view();
        assert.deepEqual(after.differences, []);
        console.log(connected, made, line.exchanges(), line.connections());
      } finally {
        line.close();
      }
    });
  });

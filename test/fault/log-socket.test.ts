import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { drive, errorsOf } from "../support/driven";
import { eachCase } from "../support/each-case";
import { chosenFaults, type Faults, type Operation, prepareFaults, registryRest, untorn } from "../support/faults";
import { siteOn } from "../support/jail-site";
import { own } from "../support/log-scene";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const stride = 17;
const source = `/run/log-fault-${own}`;

/** A run that binds a log socket ends at one operation after the other. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`a log socket on a ${flavour} host`, () => {
    let host: LabHost;
    let made: Faults;
    let operations: readonly Operation[] = [];
    useHost({ flavour, accounts: account }, async (started) => {
      host = started;
      await host.must(`ln -s ${source} /dev/log; ${flavour === "gnu" ? "busybox " : ""}syslogd -O /var/log/messages
        until [ -S ${source} ]; do sleep 0.05; done`);
      made = await prepareFaults(host, ["mount", "umount", "unshare"]);
      operations = await made.record(async () => expect(await run().up()).toSucceed());
      await isDone("recorded");
    });

    const run = () =>
      drive(siteOn(host, "/srv/jail", { perDialTimeout: 10 }), {
        logSocket: { from: source, reason: "what this test is about" },
      });
    const reset = async () => {
      await host.must(`while read -r _ _ _ _ point _; do case $point in /srv/jail/* | /var/lib/pulumi-chroot/*) umount "$point" ;; esac; done </proc/self/mountinfo
        rm -rf /srv/jail /var/lib/pulumi-chroot`);
    };

    async function isDone(what: string): Promise<void> {
      assert.deepEqual((await run().assess()).plan.differences, [], what);
      const mounted = await host.must("grep -cE ' /(srv/jail|var/lib/pulumi-chroot)/' /proc/self/mountinfo");
      assert.equal(mounted, "1\n", `${what}: it is mounted once, and nothing is left where it was made`);
      assert.equal(await host.must(registryRest), "", what);
    }

    test("is bound, or not, whenever a run ends, and the next one finishes", async () => {
      assert.ok(operations.filter(({ tool }) => tool === "mount").length >= 4, "those of mount are among them");
      await eachCase(chosenFaults(operations.slice(0, -3), stride, untorn), async ({ fault, nth, what }) => {
        await reset();
        await made.inject(fault, nth, () => run().up());
        assert.deepEqual(errorsOf(await run().up()), [], what);
        await isDone(what);
        await made.settle();
      });
    });
  });

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { drive, errorsOf } from "../support/driven";
import { eachCase } from "../support/each-case";
import { chosenFaults, type Faults, type Operation, prepareFaults, registryRest, untorn } from "../support/faults";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const quarantine = "/srv/jail/.pulumi-chroot";

/** A run that moves undeclared entries away ends at one operation after the other: each is in its place or in the quarantine. */
for (const [flavour, stride] of [
  ["gnu", 7],
  ["busybox", 9],
] as const)
  describe(`undeclared entries on a ${flavour} host`, () => {
    let host: LabHost;
    let made: Faults;
    let operations: readonly Operation[] = [];
    useHost({ flavour, accounts: account }, async (started) => {
      host = started;
      await host.must(`mkdir -p /srv/template/etc/old/deep /srv/template/theirs /srv/out; echo out >/srv/out/secret
        cd /srv/template; echo one >etc/old/deep/file; echo two >theirs/file; ln -s /srv/out etc/link
        mkdir -m 0700 .pulumi-chroot; mkdir -p .pulumi-chroot/20260101T000000-0/sub; chown -R www .pulumi-chroot/20260101T000000-0
        chown -R www:www theirs; chown www:www .; chmod 0775 .; chgrp www etc; chmod 0750 etc`);
      made = await prepareFaults(host, ["timeout", "date"]);
      await reset();
      operations = await made.record(async () => expect(await run().up()).toSucceed());
      await isDone("recorded");
    });

    const run = () =>
      drive(siteOn(host, "/srv/jail", { perDialTimeout: 10 }), {
        directories: { etc: "settings" },
        undeclared: "prune",
        pruneAnyway: { theirs: "the daemon's, of before" },
      });
    const reset = () => host.must("rm -rf /srv/jail /var/lib/pulumi-chroot; cp -a /srv/template /srv/jail");

    /** Nothing is lost: each is there once, whole. */
    async function isSomewhere(what: string): Promise<void> {
      const files = "find . -name file -exec cat '{}' ';' | sort; find . -type l | wc -l";
      assert.equal(await host.must(`cd /srv/jail; ${files}`), "one\ntwo\n1\n", what);
    }

    async function isDone(what: string): Promise<void> {
      assert.deepEqual((await run().assess()).plan.differences, [], what);
      const found =
        await host.must(`ls -A /srv/jail /srv/jail/etc; ls ${quarantine} | grep -c T; ls ${quarantine} | grep 20260101 || :
        ${registryRest}`);
      assert.equal(found, "/srv/jail:\n.pulumi-chroot\netc\n\n/srv/jail/etc:\n3\n", what);
      await isSomewhere(what);
      const names = await host.must(`cut -d ' ' -f 1 ${quarantine}/index`);
      for (const name of (await host.must(`cd ${quarantine}; ls -d *T*`)).trim().split("\n"))
        assert.ok(names.includes(`${name}\n`), `${what}: ${name}`);
    }

    test("are in their place or moved whenever a run ends, and the next one finishes", async () => {
      assert.ok(operations.length > 20, `${operations.length} operations`);
      const outside = walk(host.path("/srv/out"));
      await eachCase(chosenFaults(operations.slice(0, -3), stride, untorn), async ({ fault, nth, what }) => {
        await reset();
        await made.inject(fault, nth, () => run().up());
        await isSomewhere(what);
        assert.deepEqual(errorsOf(await run().up()), [], what);
        await isDone(what);
        expect(host.path("/srv/out")).toBeUntouched(outside);
        await made.settle();
      });
    });
  });

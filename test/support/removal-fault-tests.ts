import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { drive, type FileParts } from "./driven";
import { eachCase } from "./each-case";
import { chosenFaults, type Faults, faults, isLong, type Operation, prepareFaults, untorn } from "./faults";
import { siteOn, walk } from "./jail-site";
import { account } from "./program";
import type { LabHost } from "./sshd";
import { useHost } from "./use-host";

/** A removal ends at one operation after the other: the next one finishes it, and nothing of the daemon's is lost. */
export function testRemovalFaults(flavour: "gnu" | "busybox", isHot: boolean, stride: number): void {
  describe(`the removal of a jail with a ${isHot ? "hot" : "cold"} root on a ${flavour} host`, () => {
    const root = "/srv/new/jail";
    let host: LabHost;
    let made: Faults;
    let before: string[];
    let operations: readonly Operation[] = [];
    useHost({ flavour, accounts: account }, async (started) => {
      host = started;
      before = places();
      made = await prepareFaults(host);
      await ready();
      operations = await made.record(() => run().forget("jail"));
      await isGone("recorded");
    });

    const files: FileParts = {
      // The link would be refused in a root that the daemon may write in.
      one: { path: "etc/one", content: "one", ...(isHot ? {} : { hostLink: "/etc/one.conf" }) },
      data: { path: "data/in/file", content: "data" },
    };
    const writable = { data: "uploads", spool: "jobs", ...(isHot ? { ".": "all of it" } : {}) };
    const run = () =>
      drive(
        siteOn(host, root, { perDialTimeout: 10 }),
        { onDelete: "removeCreated", writable, devices: { null: "a test" } },
        {},
        files,
      );
    const places = () =>
      [...walk(host.path("/srv")), ...walk(host.path("/etc"))]
        .map(([path, { type, mode, uid, gid }]) => `${path} ${type} ${mode} ${uid}:${gid}`)
        .filter((path) => !/^new(\/jail(\/\.pulumi-chroot.*)?)? /.test(path));

    async function ready(): Promise<void> {
      await host.must("rm -rf /srv/new /var/lib/pulumi-chroot/* /etc/one.conf");
      expect(await run().up()).toSucceed();
      await host.must(`cd ${root}/spool; mkdir deep; echo kept >deep/kept; chown -R www:www deep; chmod 0700 deep`);
    }

    async function isGone(what: string): Promise<void> {
      assert.deepEqual(places(), before, what);
      const kept =
        await host.must(`cd ${root}; ls -A; cd .pulumi-chroot; find . -name deep -exec stat -c '%U:%G %a' {} +
        find . -name kept | xargs cat; ls | grep -vc -e index -e places`);
      assert.equal(kept, ".pulumi-chroot\nwww:www 700\nkept\n1\n", what);
      assert.equal(await host.must("ls -A /var/lib/pulumi-chroot"), "", what);
    }

    test("is finished by the next one, whenever it ends", async () => {
      assert.ok(operations.length > 8, `${operations.length} operations`);
      const among = isLong ? faults : untorn;
      await eachCase(chosenFaults(operations.slice(0, -2), stride, among), async ({ fault, nth, what }) => {
        await ready();
        await made.inject(fault, nth, () =>
          run()
            .forget("jail")
            .catch(() => undefined),
        );
        await made.settle();
        await run().forget("jail");
        await isGone(what);
      });
    });
  });
}

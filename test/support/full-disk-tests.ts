import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import { isCold } from "../../provider/model/mode";
import { snapshot } from "./access";
import { drive, errorsOf } from "./driven";
import { declared, makeTemplate, reset, root } from "./fault-jail";
import { siteOn, walk } from "./jail-site";
import { account } from "./program";
import type { LabHost } from "./sshd";
import { useHost } from "./use-host";

const page = 4096;

/** The registry's file system becomes full at some point of the run: the product does not rely on a record that it could not write. */
export function testFullDisk(flavour: "gnu" | "busybox"): void {
  describe(`a ${flavour} host whose file system is full`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await makeTemplate(host, "cold root");
    });

    /** A jail before a run, and a file system for the registry with that many free pages. */
    async function prepare(free: number): Promise<void> {
      await host.sh("umount /var/lib/pulumi-chroot");
      await reset(host);
      await host.must(`mkdir -p /var/lib/pulumi-chroot
        mount -t tmpfs -o mode=0700,size=${64 * page} none /var/lib/pulumi-chroot`);
      writeFileSync(host.path("/var/lib/pulumi-chroot/ballast"), Buffer.alloc((64 - free) * page, 1));
    }

    test("leaves nothing closed, says what is wrong, and converges when there is room", async () => {
      const { jail, rules } = declared("cold root", flavour === "gnu");
      const program = () => drive(siteOn(host, root, { perDialTimeout: 10 }), jail, rules);
      const failed: string[] = [];
      let free = 0;
      for (let isDone = false; !isDone; free += 3) {
        assert.ok(free < 64, "it is done at some point");
        await prepare(free);
        const old = await snapshot(host, root);
        const outside = walk(host.path("/srv/outside"));
        const errors = errorsOf(await program().up());
        isDone = errors.length === 0;
        failed.push(...errors);
        // A look waits for the agent that has been left.
        const look = await program().report();
        assert.equal(look.host, undefined, `${free} pages`);
        const closed = [...(await snapshot(host, root))].filter(
          ([path, live]) => path === "data/uploads" && isCold(live) !== isCold(old.get(path as Bytes) ?? live),
        );
        assert.deepEqual(closed, [], `${free} pages`);
        expect(host.path("/srv/outside")).toBeUntouched(outside);
        await host.must("rm /var/lib/pulumi-chroot/ballast");
        expect(await program().up()).toSucceed();
        expect((await program().assess()).plan.differences).toStrictEqual([]);
      }
      expect(failed.length).toBeGreaterThan(0);
      // Not every tool prints a reason, but the message always names the failed operation.
      const what =
        /^(cannot (read|write) the registry|cannot close the daemon's directories for a repair|lost the host): /;
      for (const error of failed) expect(error).toMatch(what);
    });
  });
}

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { drive, errorsOf, type FileParts } from "./driven";
import { eachCase } from "./each-case";
import { chosenFaults, type Faults, type Operation, prepareFaults, registryRest, untorn } from "./faults";
import { siteOn, walk } from "./jail-site";
import { account } from "./program";
import type { LabHost } from "./sshd";
import { useHost } from "./use-host";

/** A run that puts files in place ends at one operation after the other: each is the old one or the new one. */
export function testFileFaults(flavour: "gnu" | "busybox", isHot: boolean, stride: number): void {
  describe(`files of a ${isHot ? "hot" : "cold"} root on a ${flavour} host`, () => {
    let host: LabHost;
    let made: Faults;
    let operations: readonly Operation[] = [];
    useHost({ flavour, accounts: account }, async (started) => {
      host = started;
      await host.must(`mkdir -p /srv/template/etc /srv/template/data /srv/out; echo out >/srv/out/secret
        cd /srv/template; printf old-one >etc/one; printf old-data >data/file; ln -s /srv/out/secret etc/way
        chown -R root:www .; chmod 0750 . etc; chmod 0640 etc/one; chown -R www:www data; chmod 0770 data
        ${isHot ? "chmod 0770 ." : ""}`);
      made = await prepareFaults(host, ["ln", "cp", "dd", "timeout"]);
      await reset();
      operations = await made.record(async () => expect(await run().up()).toSucceed());
      await isDone("recorded");
    });

    const onChange = ["sh", "-c", "cat /srv/jail/etc/one >>/log; echo >>/log"];
    const files: FileParts = {
      // The link would be refused in a root that the daemon may write in.
      one: {
        path: "etc/one",
        content: "new-one",
        ...(isHot ? {} : { hostLink: "/etc/one.conf", overwrite: true }),
        onChange,
      },
      way: {
        path: "etc/way",
        content: "new-way",
        owner: "root",
        group: "www",
        mode: "0640",
        validate: ["test", "-s", "{file}"],
      },
      made: { path: "etc/deep/made", content: "new-made", mode: "0600", owner: "www", group: "www" },
      data: { path: "data/file", content: "new-data", owner: "www", group: "www", mode: "0640" },
      link: { path: "etc/link", symlinkTo: "one" },
    };
    const writable = { data: "uploads", ...(isHot ? { ".": "all of it" } : {}) };
    const run = () => drive(siteOn(host, "/srv/jail", { perDialTimeout: 10 }), { writable }, {}, files);
    const reset = () =>
      host.must(
        "rm -rf /srv/jail /var/lib/pulumi-chroot /log /etc/*.conf; cp -a /srv/template /srv/jail; echo real >/etc/one.conf",
      );

    /** Checks that each place has its old or its new content, and no looser mode than both. */
    async function isOldOrNew(what: string): Promise<void> {
      const found = await host.must(`cd /srv/jail; for f in etc/one etc/way etc/deep/made data/file; do
          [ ! -f $f ] || echo "$f $(cat $f) $(stat -c '%F %u:%g %a' $f)"; done
        echo "host $(cat /etc/one.conf) $(stat -c %F /etc/one.conf)"; stat -c '%u %a' .pulumi-chroot-staging/* 2>/dev/null || :`);
      const allowed = [
        /^etc\/one (old|new)-one regular file 0:1033 640$/,
        /^etc\/way out symbolic link 0:1033 777$/,
        /^etc\/way new-way regular file 0:1033 640$/,
        /^etc\/deep\/made new-made regular file 1033:1033 600$/,
        /^data\/file old-data regular file 1033:1033 644$/,
        /^data\/file new-data regular file 1033:1033 640$/,
        /^host (real regular file|(old|new)-one symbolic link)$/,
        /^0 700$/,
      ];
      for (const line of found.trimEnd().split("\n"))
        assert.ok(
          allowed.some((one) => one.test(line)),
          `${what}: ${line}`,
        );
    }

    async function isDone(what: string): Promise<void> {
      // The run waits for processes that are still ending.
      expect((await run().assess()).plan.differences).toStrictEqual([]);
      const found =
        await host.must(`cd /srv/jail; cat etc/one etc/way etc/deep/made data/file etc/link; readlink etc/link; readlink /etc/one.conf || cat /etc/one.conf
        tail -n 1 /log; ls -A /srv/jail /etc | grep -e staging || :; ${registryRest}`);
      const contents = "new-onenew-waynew-madenew-datanew-one";
      assert.equal(found, `${contents}one\n${isHot ? "real" : "/srv/jail/etc/one"}\nnew-one\nbackup\n`, what);
      for (const name of Object.keys(files)) expect((await run().report(name)).host).toBe(undefined);
    }

    // The number of the last requests depends on the order in which they end.
    test("are old or new whenever a run ends, and the next one finishes", async () => {
      assert.ok(operations.length > 40, `${operations.length} operations`);
      const outside = walk(host.path("/srv/out"));
      await eachCase(chosenFaults(operations.slice(0, -3), stride, untorn), async ({ fault, nth, what }) => {
        await reset();
        await made.inject(fault, nth, () => run().up());
        await isOldOrNew(what);
        assert.deepEqual(errorsOf(await run().up()), [], what);
        await isDone(what);
        expect(host.path("/srv/out")).toBeUntouched(outside);
        await made.settle();
      });
    });
  });
}

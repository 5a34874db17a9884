import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { drive, errorsOf, type JailPart } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const page = 4096;
const root = "/srv/jail";
const reason = "a test";
const old = "old:x:1:1::/:/bin/sh\n";

/** The jail's own file system, or the host's, takes nothing more at one point of the run or another. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`on a ${flavour} host a jail`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must("mkdir -p /srv/data");
    });
    const moved: JailPart = {
      directories: { "was/file/deep": reason },
      mounts: { data: { type: "bind", source: "/srv/data", reason }, run: { type: "tmpfs", size: "64k", reason } },
      undeclared: "prune",
      protect: { "etc/**": reason },
    };
    const device = { type: "character", major: 240, minor: 1, mode: "0600", reason, allowDangerous: reason } as const;
    const put: JailPart = {
      ...moved,
      devices: { null: reason, "a/b/c": device },
      accounts: { users: { www: reason }, groups: { www: reason } },
    };
    const program = (part: JailPart) => drive(siteOn(host, root, { perDialTimeout: 10 }), part);
    const unmount = `umount -l ${root}/data ${root}/run ${root} 2>/dev/null`;
    const prepare = (limit: string) =>
      host.must(`${unmount}; rm -rf ${root} /var/lib/pulumi-chroot; mkdir ${root}; echo '# mine' >/etc/fstab
        mount -t tmpfs -o mode=0755,${limit} tmpfs ${root}; cd ${root}; mkdir was etc; echo x >was/file; echo x >stray
        echo '${old.trim()}' >etc/passwd`);

    /** A failed run keeps the old files until they can be replaced, and the next run finishes. */
    async function finishes(part: JailPart, name: string): Promise<void> {
      const passwd = await host.must(`cat ${root}/etc/passwd`);
      assert.ok(passwd === old || passwd.startsWith("www:x:1033:"), `${name}: ${passwd}`);
      const lost = await host.must(
        `cd ${root}; find . -type f ! -name index ! -name places -size -3c ! -path '*staging*' | wc -l`,
      );
      assert.equal(lost.trim(), "2", `${name}: both are somewhere`);
      await host.must(`mount -o remount,mode=0755,size=1m,nr_inodes=1000 tmpfs ${root}`);
      assert.deepEqual(errorsOf(await program(part).up()), [], name);
      assert.deepEqual((await program(part).assess()).plan.differences, [], name);
      assert.equal(await host.must(`cd ${root}/.pulumi-chroot; cat *-*; grep -c x index || :`), "x\nx\n0\n", name);
    }

    for (const [what, limit, steps] of [
      ["block", (free: number) => `size=${(3 + free) * page}`, 1],
      ["inode", (free: number) => `nr_inodes=${8 + free}`, 6],
    ] as const)
      test(`whose file system has no ${what} left keeps what is there, says so, and is finished by the next run`, async () => {
        for (const part of [put, moved]) {
          let isDone = false;
          for (let free = 0; !isDone; free += steps) {
            assert.ok(free < 40, "it is done at some point");
            await prepare(limit(free));
            const errors = errorsOf(await program(part).up());
            isDone = errors.length === 0;
            for (const error of errors) expect(error).toMatch(/No space left on device|is the file system full/);
            await finishes(part, `${free} free`);
          }
        }
        await host.must(unmount);
      });

    for (const at of ["/etc", "/var/lib/pulumi-chroot"])
      test(`whose host has ${at} read-only says so, and is finished by the next run`, async () => {
        await prepare("size=1m");
        await host.must(`mkdir -p -m 0700 ${at}; mount -o bind ${at} ${at}; mount -o remount,bind,ro ${at} ${at}`);
        const [error = ""] = errorsOf(await program(put).up());
        expect(error).toMatch(/[Rr]ead-only file system/);
        await host.must(`umount -l ${at}`);
        await finishes(put, at);
        await host.must(unmount);
      });
  });

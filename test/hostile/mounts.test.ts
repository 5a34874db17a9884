import { describe, expect, test } from "@jest/globals";
import { type Driven, drive, errorsOf } from "../support/driven";
import { during } from "../support/during";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** The tree below a mount point does not belong to the jail: the product does not look at it, close it or change it. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`mounts on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const program = (root: string): Driven =>
      drive(siteOn(host, root), { writable: { data: "uploads" }, directories: { etc: "configuration" } });
    // Each place differs from the declaration, and has directories that a seal would close.
    const fill = `mkdir -p own/deep; : >own/deep/prog; : >prog; chown -R www:www .; chmod 4755 prog own/deep/prog; chmod 0777 own`;

    test("bind mounts and other file systems keep all their inodes as they are", async () => {
      const root = "/srv/jail";
      await host.must(`mkdir -p ${root}/etc/bound ${root}/data/own ${root}/data/bound ${root}/data/own/other /srv/elsewhere
        cd /srv/elsewhere; ${fill}; cd ${root}/data/own; ${fill}; cd ${root}
        mount --bind /srv/elsewhere etc/bound; mount --bind /srv/elsewhere data/bound
        mount -t tmpfs none data/own/other; cd data/own/other; ${fill}`);
      const elsewhere = walk(host.path("/srv/elsewhere"));
      const other = walk(host.path(`${root}/data/own/other`));
      expect(await program(root).up()).toSucceed();
      expect(await host.must(`stat -c %a ${root}/data/own/prog ${root}/data/own/own/deep/prog`)).toBe("755\n755\n");
      expect(host.path("/srv/elsewhere")).toBeUntouched(elsewhere);
      expect(host.path(`${root}/data/own/other`)).toBeUntouched(other);
      const { observation, plan } = await program(root).assess();
      expect([...observation.mounts].sort()).toStrictEqual(["data/bound", "data/own/other", "etc/bound"]);
      expect(plan.differences).toStrictEqual([]);
    });

    test("a source that vanishes before the run, or in it, is said, nothing else is mounted, and the next run finishes", async () => {
      const root = "/srv/vanished";
      const jail = { mounts: { a: { type: "bind", source: "/srv/gone", reason: "a test" } } } as const;
      const driven = () => drive(siteOn(host, root), jail);
      await host.must(`mkdir -p ${root} /srv/gone /srv/other; : >/etc/fstab`);
      const seen = driven();
      expect((await seen.report()).host).toBe(undefined);
      await host.must("rmdir /srv/gone");
      const before = walk(host.path(root));
      expect(errorsOf(await seen.up()).join()).toMatch(
        /nothing is mounted at a: its source \/srv\/gone is not there: make/,
      );
      expect(host.path(root)).toBeUntouched(before);
      for (const [tool, script] of [
        ["chmod", "rmdir /srv/gone"],
        ["chmod", "rmdir /srv/gone; ln -s /srv/other /srv/gone"],
        ["mount", `[ "$1" = --version ] || rmdir /srv/gone`],
      ] as const) {
        await host.must(`rm -rf ${root}; mkdir -p ${root} /srv/gone`);
        const said = await during(host, tool, script, async () => errorsOf(await driven().up()).join());
        expect(said).toMatch(/its source \/srv\/gone is (not there: make it|a link: declare the path)/);
        expect(await host.must("grep -c vanished /proc/self/mountinfo || :")).toBe("0\n");
        await host.must("rm -rf /srv/gone; mkdir /srv/gone");
        expect(await driven().up()).toSucceed();
        await host.must(`umount ${root}/a`);
      }
    });

    test("one that appears between the preview and the run is left alone too", async () => {
      const root = "/srv/late";
      await host.must(`mkdir -p ${root}/etc ${root}/data/own ${root}/data/m /srv/behind; cd /srv/behind; ${fill}
        cd ${root}/data/m; ${fill}; cd ../own; ${fill}`);
      const driven = program(root);
      await driven.assess();
      await host.must(`mount --bind /srv/behind ${root}/data/m`);
      const behind = walk(host.path("/srv/behind"));
      expect(await driven.up()).toSucceed();
      expect(host.path("/srv/behind")).toBeUntouched(behind);
    });
  });

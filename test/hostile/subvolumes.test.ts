import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import { runScripts, scriptCase, scriptOf } from "../render/script-cases";
import { makeSubvolumes, mountBtrfs } from "../support/btrfs";
import { observe } from "../support/connections";
import { driftOf, drive, errorsOf } from "../support/driven";
import { entriesOf, siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** A subvolume has another st_dev than the directory above it and is no mount point: any user can make one. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`subvolumes of btrfs on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await mountBtrfs(host, "/srv");
      await host.must("mkdir /srv/scripts");
    });

    test("a look goes into them, whatever is in them is repaired, and the next preview is empty", async () => {
      const root = "/srv/jail";
      await host.must(`mkdir -p ${root}/etc ${root}/data`);
      makeSubvolumes(host, `${root}/etc/sub`, `${root}/data/sub`, `${root}/data/sub/deeper`);
      await host.must(`cd ${root}; : >etc/sub/app.conf; chmod 0666 etc/sub/app.conf; mkdir data/sub/deeper/open
        : >data/sub/deeper/open/prog; chown -R www:www data; chmod 4755 data/sub/deeper/open/prog`);
      const site = siteOn(host, root);
      const real = entriesOf(walk(host.path(root)));
      const seen = entriesOf((await observe(site)).entries);
      expect(seen).toStrictEqual(real);
      const driven = () =>
        drive(site, { writable: { data: "uploads" }, directories: { "etc/sub/made": "declared in a subvolume" } });
      expect(await driven().up()).toSucceed();
      expect(
        await host.must(`cd ${root}; stat -c '%U %a' etc/sub/app.conf etc/sub/made data/sub/deeper/open/prog data/sub`),
      ).toBe("root 640\nroot 750\nwww 755\nwww 755\n");
      await expect(driven()).toDrift({});
    });

    test("permissions.sh goes into them, and brings nothing back across their borders", async () => {
      const root = "/srv/script";
      await host.must(`mkdir -p ${root}/etc`);
      makeSubvolumes(host, `${root}/etc/sub`);
      await host.must(`cd ${root}; : >etc/sub/app.conf; chmod 0666 etc/sub/app.conf`);
      const baseline = { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" };
      const jail = { user: "www", group: "www", baseline, directories: { "etc/sub": "a subvolume" } };
      const one = scriptCase({ name: "subvolumes", expect: {}, jail }, root);
      writeFileSync(host.path("/srv/scripts/script.sh"), scriptOf(one.merged, root));
      const [checked] = await runScripts(host, [one], "--check");
      expect(checked?.out ?? "").toMatch(/^etc\/sub\/app\.conf: 0:0 0666 => 0:1033 0640$/m);
      const [ran] = await runScripts(host, [one]);
      expect([ran?.code, ran?.error]).toStrictEqual([0, ""]);
      const name = "20260101T000000-0";
      await host.must(
        `cd ${root}; mkdir -m 0700 .pulumi-chroot; cd .pulumi-chroot; echo kept >${name}; printf '${name} etc/sub/x\\0' >places`,
      );
      const [back] = await runScripts(host, [one], `--bring-back ${name}`);
      expect(back?.error ?? "").toMatch(/etc\/sub\/x: the directory that it was in is on another file system/);
      expect(await host.must(`cd ${root}; cat .pulumi-chroot/${name}; ls etc/sub`)).toBe("kept\napp.conf\n");
    });

    test("what is to be moved away is moved with its subvolumes, and what is in one is left and named", async () => {
      const root = "/srv/pruned";
      await host.must(`mkdir -p ${root}/etc`);
      makeSubvolumes(host, `${root}/stray`, `${root}/etc/sub`);
      await host.must(
        `cd ${root}; : >stray/file; : >etc/sub/file; chown root:www . etc etc/sub; chmod 0750 . etc etc/sub`,
      );
      const driven = () =>
        drive(siteOn(host, root), {
          undeclared: "prune",
          directories: { etc: "configuration", "etc/sub": "a subvolume" },
        });
      const errors = errorsOf(await driven().up());
      expect(errors.length).toBe(1);
      expect(errors[0] ?? "").toMatch(/etc\/sub\/file: it is in a subvolume of its own/);
      expect(Object.keys(await driftOf(driven()))).toStrictEqual(["etc/sub/file"]);
      expect(await host.must(`cd ${root}; ls .pulumi-chroot/*-0; ls etc/sub`)).toBe("file\nfile\n");
    });

    test("a mount point in a subvolume is left out as it is elsewhere", async () => {
      const root = "/srv/mounted";
      await host.must(`mkdir ${root}`);
      makeSubvolumes(host, `${root}/sub`);
      await host.must(`mkdir ${root}/sub/m; mount -t tmpfs none ${root}/sub/m; : >${root}/sub/m/not-seen`);
      const { entries, mounts } = await observe(siteOn(host, root));
      expect([...entries.keys()].sort()).toStrictEqual([".", "sub"]);
      expect(mounts).toStrictEqual(["sub/m" as Bytes]);
    });

    test("what has been in the quarantine for too long is closed with its subvolumes before it is removed", async () => {
      const root = "/srv/expired";
      const old = `${root}/.pulumi-chroot/20200101T000000-0`;
      await host.must(`mkdir -p ${old} ${root}/etc; chmod 0700 ${root}/.pulumi-chroot`);
      makeSubvolumes(host, `${old}/sub`);
      await host.must(`cd ${old}/sub; mkdir -p a/b/c; chown -R www:www .; : >${root}/etc/x`);
      await host.replace(
        "/bin/rm",
        (rm) => `#!/bin/sh
        stat -c '%U %A' ${old}/sub/a/b >>/run/lab/closed 2>/dev/null; exec ${rm} "$@"\n`,
      );
      expect(await drive(siteOn(host, root), { directories: { etc: "configuration" } }).up()).toSucceed();
      expect(await host.must(`tail -n 1 /run/lab/closed; ls ${root}/.pulumi-chroot`)).toBe("root drwxr-xr-x\n");
    });
  });

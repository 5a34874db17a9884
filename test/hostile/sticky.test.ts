import { execFileSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { requireLab } from "../../scripts/lab/requirements";
import { drive, errorsOf } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const source = join(__dirname, "..", "..", "..", "test", "hostile", "sticky.c");
const parent = "/srv/named";
const runs = 4;

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a jail below a directory with the sticky bit on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      requireLab(["cc"]);
      await host.must("mkdir -p /opt /srv");
      execFileSync("cc", ["-O1", "-static", "-Wall", "-Werror", source, "-o", host.path("/opt/sticky")]);
      chmodSync(host.path("/opt/sticky"), 0o755);
    });

    test("is made and repaired there, whatever who may write in that directory does meanwhile", async () => {
      await host.must(`rm -rf ${parent} /srv/out; mkdir -p ${parent}/chroot /srv/out; echo out >/srv/out/file
        chown root:www ${parent}; chmod 1770 ${parent}; stat -c '%i %a %u' /srv/out /srv/out/file >/srv/before
        stat -c %i ${parent}/chroot >>/srv/before`);
      await host.must(`cd ${parent}; /opt/sticky 1033 chroot /srv/out >/srv/attack 2>&1 </dev/null & echo $! >/srv/pid
        until grep -q ready /srv/attack; do :; done`);
      const driven = () =>
        drive(
          siteOn(host, `${parent}/chroot`),
          { directories: { etc: "configuration" }, writable: { run: "its PID file" } },
          {},
          { conf: { path: "etc/app.conf", content: "conf" } },
        );
      for (let run = 0; run < runs; run++) {
        await host.must(`cd ${parent}/chroot; rm -rf etc; chmod 0777 . run 2>/dev/null; true`);
        expect(await driven().up()).toSucceed();
      }
      await expect(driven()).toDrift({});
      expect(
        await host.must(
          'kill "$(cat /srv/pid)"; until grep opened /srv/attack >/dev/null; do :; done; cat /srv/attack',
        ),
      ).toBe("ready\nown many\nunlinked 0\nmoved 0\ncovered 0\nexchanged 0\nopened 0\n");
      expect(await host.must(`stat -c '%i %a %u' /srv/out /srv/out/file; stat -c %i ${parent}/chroot`)).toBe(
        await host.must("cat /srv/before"),
      );
    });

    test("keeps a file of root's that a jail takes, and not one beside it", async () => {
      await host.must(`rm -rf ${parent}; mkdir ${parent}; chown root:www ${parent}; chmod 1770 ${parent}; mkdir -p ${parent}/chroot
        cd ${parent}; echo root >own; echo www >theirs; chown www theirs`);
      const files = {
        own: { path: "own", hostFile: `${parent}/own` },
        theirs: { path: "theirs", hostFile: `${parent}/theirs` },
      };
      const errors = errorsOf(await drive(siteOn(host, `${parent}/chroot`), {}, {}, files).up());
      expect(errors.length).toBe(1);
      expect(errors.join()).toMatch(/theirs is not taken: other users than root may write in \/srv\/named/);
      expect(await host.must(`cat ${parent}/chroot/own; ls ${parent}/chroot`)).toBe("root\netc\nown\n");
    });

    test("is refused where another one has taken its name", async () => {
      await host.must(`rm -rf ${parent}; mkdir ${parent}; chown root:www ${parent}; chmod 1770 ${parent}
        mkdir -m 0777 ${parent}/theirs; chown www ${parent}/theirs`);
      const errors = errorsOf(await drive(siteOn(host, `${parent}/theirs/jail`)).up());
      expect(errors.join()).toMatch(/its parent \/srv\/named is root:www 1770: .*, as theirs in it is not root's/);
    });
  });

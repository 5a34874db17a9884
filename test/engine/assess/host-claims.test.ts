import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { drive, errorsOf } from "../../support/driven";
import { refusalTexts } from "../../support/findings";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`two jails on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must("mkdir /etc/linked");
    });
    const run = (root: string, name: string, hostLink: string) =>
      drive(siteOn(host, root), {}, {}, { [name]: { path: `etc/${name}`, content: "x", hostLink } });
    const target = async (link: string) => (await host.must(`readlink ${link}`)).trim();

    test("do not take a place of the host from each other: the second one is refused before anything is touched", async () => {
      const hostLink = "/etc/linked/f";
      expect(await run("/srv/one", "first", hostLink).up()).toSucceed();
      const second = run("/srv/two", "second", hostLink);
      const refusals = refusalTexts((await second.assess()).plan);
      expect(refusals.join()).toMatch(
        /^JailFile::first puts \/etc\/linked\/f there too, for the jail \/srv\/one: give one/,
      );
      const [error = "", ...more] = errorsOf(await second.up("jail", "second"));
      expect(error).toMatch(
        /^JailFile::second is refused: .*:\/srv\/two: JailFile::first puts \/etc\/linked\/f there too/,
      );
      expect(more).toStrictEqual([]);
      expect(await target(hostLink)).toBe("/srv/one/etc/first");
      assert.equal((await host.sh("test -e /srv/two/etc/second")).code, 1, "the file neither");
      assert.deepEqual(
        errorsOf(await run("/srv/one", "first", hostLink).up()),
        [],
        "the first one hears nothing of it",
      );
      expect(await run("/srv/two", "second", "/etc/linked/g").up()).toSucceed();
    });

    test("hand a place on with a resource that goes from one to the other, and its end in the first one leaves it", async () => {
      const hostLink = "/etc/linked/moved";
      const before = run("/srv/one", "moved", hostLink);
      expect(await before.up()).toSucceed();
      expect(await run("/srv/two", "moved", hostLink).up()).toSucceed();
      expect(await target(hostLink)).toBe("/srv/two/etc/moved");
      await before.forget("moved");
      expect(await target(hostLink)).toBe("/srv/two/etc/moved");
    });

    test("are asked of this machine alone: what came with a copy of a disk, or cannot be read, keeps nobody from a place", async () => {
      const hostLink = "/etc/linked/copied";
      const before = run("/srv/one", "copied", hostLink);
      expect(await before.up()).toSucceed();
      await host.must(`rm ${hostLink}; cd /var/lib/pulumi-chroot/one-* && f=$(grep -l JailFile::copied *.json) &&
        sed -i 's/"machine": "[^"]*"/"machine": "another"/' $f && echo '{ "hostLink": "${hostLink}"' >broken.json`);
      expect(await run("/srv/two", "other", hostLink).up()).toSucceed();
      expect(await target(hostLink)).toBe("/srv/two/etc/other");
    });
  });

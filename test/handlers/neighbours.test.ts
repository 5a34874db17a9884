import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { drive, errorsOf } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

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
      assert.deepEqual(errorsOf(await run("/srv/one", "first", hostLink).up()), []);
      const second = run("/srv/two", "second", hostLink);
      const refusals = (await second.view()).plan.refusals.map(({ why }) => why);
      assert.match(
        refusals.join(),
        /^JailFile::first puts \/etc\/linked\/f there too, for the jail \/srv\/one: give one/,
      );
      const [error = "", ...more] = errorsOf(await second.up("jail", "second"));
      assert.match(
        error,
        /^JailFile::second is refused: .*:\/srv\/two: JailFile::first puts \/etc\/linked\/f there too/,
      );
      assert.deepEqual(more, []);
      assert.equal(await target(hostLink), "/srv/one/etc/first");
      assert.equal((await host.sh("test -e /srv/two/etc/second")).code, 1, "the file neither");
      assert.deepEqual(
        errorsOf(await run("/srv/one", "first", hostLink).up()),
        [],
        "the first one hears nothing of it",
      );
      assert.deepEqual(errorsOf(await run("/srv/two", "second", "/etc/linked/g").up()), []);
    });

    test("hand a place on with a resource that goes from one to the other, and its end in the first one leaves it", async () => {
      const hostLink = "/etc/linked/moved";
      const before = run("/srv/one", "moved", hostLink);
      assert.deepEqual(errorsOf(await before.up()), []);
      assert.deepEqual(errorsOf(await run("/srv/two", "moved", hostLink).up()), []);
      assert.equal(await target(hostLink), "/srv/two/etc/moved");
      await before.forget("moved");
      assert.equal(await target(hostLink), "/srv/two/etc/moved");
    });

    test("are asked of this machine alone: what came with a copy of a disk, or cannot be read, keeps nobody from a place", async () => {
      const hostLink = "/etc/linked/copied";
      const before = run("/srv/one", "copied", hostLink);
      assert.deepEqual(errorsOf(await before.up()), []);
      await host.must(`rm ${hostLink}; cd /var/lib/pulumi-chroot/one-* && f=$(grep -l JailFile::copied *.json) &&
        sed -i 's/"machine": "[^"]*"/"machine": "another"/' $f && echo '{ "hostLink": "${hostLink}"' >broken.json`);
      assert.deepEqual(errorsOf(await run("/srv/two", "other", hostLink).up()), []);
      assert.equal(await target(hostLink), "/srv/two/etc/other");
    });
  });

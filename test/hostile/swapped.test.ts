import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { drive } from "../support/driven";
import { during } from "../support/during";
import { siteOn } from "../support/jail-site";
import { startPerl } from "../support/perl";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** A declared file in a directory of the daemon's. The daemon replaces it between the observation and the reading. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`a file in the daemon's directory on a ${flavour} host`, () => {
    const root = "/srv/jail";
    const data = `${root}/data`;
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
    });
    const fresh = () =>
      host.must(`rm -rf ${root} /srv/out; mkdir -p ${data}/etc /srv/out; echo good >${data}/etc/conf
        echo host >/srv/out/conf; chown -R www:www ${data}; chmod 0640 ${data}/etc/conf; chmod 0750 ${root} ${data} ${data}/etc`);
    const program = () =>
      drive(
        siteOn(host, root),
        { writable: { data: "uploads" } },
        { etc: { match: "data/etc", owner: "www", group: "www", directoryMode: "0750" } },
        { conf: { path: "data/etc/conf", content: "good\n", owner: "www", group: "www", mode: "0640" } },
      );
    const drift = async () => (await program().report("conf")).texts.get("data/etc/conf")?.live;

    test("is compared where it is left alone", async () => {
      await fresh();
      expect(await drift()).toBe(undefined);
      await host.must(`echo evil >${data}/etc/conf`);
      expect((await drift()) ?? "").toMatch(/sha256:[0-9a-f]{8}$/);
    });

    test("that becomes a FIFO holds no preview", async () => {
      await fresh();
      const begun = Date.now();
      await during(host, "timeout", `cd ${data}/etc; rm conf; mkfifo conf`, drift);
      expect(Date.now() - begun).toBeLessThan(9_000);
      expect(await host.must(`stat -c %F ${data}/etc/conf`)).toBe("fifo\n");
    }, 60_000);

    test("whose directory becomes a link shows nothing of a file of the host", async () => {
      await fresh();
      const link = `cd ${data}; mv etc old; ln -s /srv/out etc`;
      expect((await during(host, "timeout", link, drift)) ?? "").not.toMatch(/sha256/);
      expect(await host.must(`cat ${data}/etc/conf`)).toBe("host\n");
    });

    test("that does not answer keeps a preview waiting for 10 s", async () => {
      await fresh();
      const holder = await startPerl(lease, host.path(`${data}/etc/conf`));
      try {
        const begun = Date.now();
        await drift();
        const took = Date.now() - begun;
        assert.ok(took > 9_000 && took < 30_000, `${took} ms`);
      } finally {
        holder.kill("SIGKILL");
        await once(holder, "exit");
      }
    }, 60_000);

    test("is read again when its directory has been closed", async () => {
      await fresh();
      await host.must(`chmod 0666 ${data}/etc/conf`);
      // The first request is one that closes a directory.
      const once = `test -e /srv/out/done || echo evil >${data}/etc/conf; : >/srv/out/done`;
      expect(await during(host, "chown", once, () => program().up())).toSucceed();
      expect(await host.must(`ls /srv/out/done; cat ${data}/etc/conf`)).toBe("/srv/out/done\ngood\n");
      assert.equal(await host.must(`stat -c '%U %a' ${data}/etc`), "www 750\n", "and is open again");
    });
  });

/** A lease (fcntl(2)) delays every open of the file by 45 s. */
const lease = `my ($path) = @ARGV; $SIG{IO} = "IGNORE"; open my $f, "+<", $path or die $!;
  fcntl($f, 1024, 1) or die "no lease: $!"; print "held\n"; sleep 600`;

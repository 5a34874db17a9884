import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { stageFile } from "../../provider/agent/requests/deliver";
import { textOf } from "../../provider/agent/requests/files";
import type { Bytes } from "../../provider/model/bytes";
import { withAgent } from "../support/connections";
import { fileStep } from "../support/delivery";
import { drive, errorsOf } from "../support/driven";
import { during } from "../support/during";
import { change, siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const planted = "/run/dns/resolv.conf" as Bytes;
const secret = "root:canary-0c2e:19000\n";

/** An attacker plants an entry in his own directory, where a host file is declared; `why` is the refusal's text. */
const plants: readonly [what: string, plant: string, why: RegExp][] = [
  ["a link to a file of root's", "ln -sf /run/shadow resolv.conf", /\/run\/dns\/resolv\.conf .*\(symbolic link, /],
  [
    "another name of a file of root's",
    "ln -f /run/shadow resolv.conf",
    /resolv\.conf .*\(regular file, root:root 600\)/,
  ],
  ["a FIFO", "rm resolv.conf; mkfifo resolv.conf; chown www resolv.conf", /resolv\.conf .*\(fifo, www:root 600\)/],
  [
    "a directory in its place",
    "rm resolv.conf; mkdir resolv.conf; chown www resolv.conf",
    /\(directory, www:root 700\)/,
  ],
];

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a file of a ${flavour} host, in a directory of somebody's own`, () => {
    const root = "/srv/jail";
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must(`mkdir -p ${root}; printf '${secret}' >/run/shadow; chmod 0600 /run/shadow
        ln -s ../run/dns/resolv.conf /etc/resolv.conf`);
    });
    /** The daemon's own file, while nothing is wrong. */
    const fresh = () =>
      host.must(`umask 077; rm -rf ${root}/* /run/dns; mkdir -p /run/dns; cd /run/dns
        echo 'nameserver ::1' >resolv.conf; mkdir sub; cp resolv.conf sub; chown -R www:www .; chmod 0755 . sub`);
    const up = async (hostFile: string) =>
      errorsOf(await drive(siteOn(host, root), {}, {}, { file: { path: "file", hostFile } }).up()).join();

    for (const path of ["/etc/resolv.conf", "/run/dns/resolv.conf", "/run/dns/sub/resolv.conf"])
      test(`is taken as ${path}, and kept equal`, async () => {
        await fresh();
        expect(await up(path)).toBe("");
        expect(await host.must(`cat ${root}/file`)).toBe("nameserver ::1\n");
        await host.must("for f in resolv.conf sub/resolv.conf; do echo 'nameserver ::2' >/run/dns/$f; done");
        expect(await up(path)).toBe("");
        expect(await host.must(`cat ${root}/file`)).toBe("nameserver ::2\n");
      });

    for (const [what, plant, why] of plants)
      test(`is refused where ${what} was planted`, async () => {
        await fresh();
        await host.must(`umask 077; cd /run/dns; ${plant}`);
        for (const path of ["/etc/resolv.conf", "/run/dns/resolv.conf"]) {
          const said = await up(path);
          expect(said).toMatch(why);
          expect(said).toMatch(/other users than root may write in \/run\/dns \(www:www 755\)/);
          expect(said).toMatch(/name a file where only root may write/);
        }
        expect(await host.must(`ls -A ${root}`)).toBe("");
      }, 60_000);

    test("is refused by way of a directory that was swapped, is another's, or is open to others", async () => {
      await host.must("mkdir -p /srv/way; cp /run/shadow /srv/way/resolv.conf; chown www /srv/way/resolv.conf");
      for (const [plant, why] of [
        ["mv sub old; ln -s /srv/way sub", /\/run\/dns\/sub .*\(symbolic link, /],
        ["chown root sub", /\/run\/dns\/sub .*\(directory, root:www 755\)/],
        ["chmod 0775 sub", /\/run\/dns\/sub .*\(directory, www:www 775\)/],
        ["chmod 1777 .; chown root .", /\/run\/dns .*\(directory, root:www 1777\)/],
      ] as const) {
        await fresh();
        await host.must(`cd /run/dns; ${plant}`);
        expect(await up("/run/dns/sub/resolv.conf")).toMatch(why);
        expect(await host.must(`ls -A ${root}`)).toBe("");
      }
    });

    test("that is not there is said to be missing", async () => {
      await fresh();
      expect(await up("/run/dns/none")).toMatch(/the host has no file \/run\/dns\/none/);
    });

    test("is looked at again when it is copied: it may be a link by then", async () => {
      await fresh();
      await host.must("ln -sf /run/shadow /run/dns/resolv.conf");
      const digest = { size: secret.length, sha256: createHash("sha256").update(secret).digest("hex") };
      const source = { digest, hostFile: planted };
      await change(siteOn(host, root), async (agent) => {
        await expect(stageFile(agent, fileStep("file"), source)).rejects.toThrow(/only a file of www is taken/);
        expect((await host.sh(`grep -r canary ${root}`)).stdout).not.toMatch(/canary/);
      });
    });

    test("is not what is put in its place after the look at its name", async () => {
      await host.must("mkdir -p /run/way/sub; umask 077; cp /run/shadow /run/way/sub/resolv.conf");
      await host.must("chown -R www /run/way/sub");
      for (const swap of [
        "ln -sf /run/shadow sub/resolv.conf",
        "ln -f /run/shadow sub/resolv.conf",
        "mv sub old; ln -s /run/way/sub sub",
      ]) {
        await fresh();
        // The reading of such a file has 10 s: another look with a time may come before it.
        const script = `[ "$1" = 10 ] && cd /run/dns && { ${swap}; }`;
        const said = await during(host, "timeout", script, () => up("/run/dns/sub/resolv.conf"));
        assert.match(said, /it was changed while it was read/, swap);
        expect(await host.must("cat /run/dns/sub/resolv.conf")).toMatch(/canary/);
        expect(await host.must(`ls -A ${root}`)).toBe("");
      }
    });

    test("is not shown line by line either, where something else was planted", async () => {
      const text = () => withAgent(siteOn(host, root), (agent) => textOf(agent, [planted]));
      await fresh();
      assert.deepEqual(await text(), [undefined], "only its user may read it");
      await host.must("chmod 0644 /run/dns/resolv.conf");
      expect(await text()).toStrictEqual(["nameserver ::1\n"]);
      await host.must("ln -sf /run/shadow /run/dns/resolv.conf");
      expect(await text()).toStrictEqual([undefined]);
    });
  });

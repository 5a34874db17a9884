import { describe, expect, test } from "@jest/globals";
import { registryName } from "../../../provider/agent/site";
import { type Driven, drive } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const root = "/srv/jail";
const registry = `/var/lib/pulumi-chroot/${registryName(root)}`;
const list = `${registry}/permissions.history`;

for (const flavour of ["gnu", "busybox"] as const)
  describe(`the repairs of a jail on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const secret = "a secret of this length";
    const program = (content = secret): Driven =>
      drive(
        siteOn(host, root),
        { directories: { etc: "settings" } },
        {},
        { key: { path: "etc/key", content, secret: true } },
      );
    const history = async () => (await host.must(`cat ${list}`)).split("\n").slice(0, -1);
    const repairs = async () => (await history()).map((line) => JSON.parse(line));
    const isRecent = (when: string) => Math.abs(Date.now() - Date.parse(when)) < 600_000;

    test("are kept with time, path, values and resource; the newest come last, and a secret stays one", async () => {
      expect(await program().up()).toSucceed();
      const made = await repairs();
      expect(made.map(({ path, was }) => `${path} ${was}`).sort()).toStrictEqual([
        ". absent",
        "etc absent",
        "etc/key absent",
      ]);
      await host.must(`chmod 0777 ${root}/etc; echo more >>${root}/etc/key`);
      expect(await program().up()).toSucceed();
      const all = await repairs();
      expect(all.slice(0, 3)).toStrictEqual(made);
      expect(all.slice(3)).toMatchObject([
        { path: "etc/key", was: "content differs", now: "as declared", by: "JailFile::key", reason: "a test" },
        { path: "etc", was: "root:www 0777", now: "root:www 0750", by: "Jail::jail", reason: "baseline" },
      ]);
      for (const { when } of all) expect([when, isRecent(when)]).toStrictEqual([when, true]);
      expect(await host.must(`stat -c '%u:%g %a' ${list}; ls -A ${registry} | grep -c '^[.]new'; :`)).toBe(
        "0:0 600\n0\n",
      );
      // An up that repairs nothing writes nothing.
      const stamp = await host.must(`stat -c '%i %Z' ${list}`);
      expect(await program().up()).toSucceed();
      expect(await host.must(`stat -c '%i %Z' ${list}`)).toBe(stamp);
    });

    test("are 1,000 at most; lines that are no records are dropped", async () => {
      await host.must(`seq 1 1200 | sed 's/.*/{"when":"2026-01-01T00:00:00Z","path":"&"}/' >${list}
        head -c 3000 /dev/urandom >>${list}; printf '{"when":"2026' >>${list}; chmod 0777 ${root}/etc`);
      expect(await program().up()).toSucceed();
      const all = await repairs();
      expect([all.length, all[0].path, all[998].path, all[999].path]).toStrictEqual([1000, "202", "1200", "etc"]);
    });

    test("fail no repair on a full disk, and stay as they were", async () => {
      const free = "dd if=/dev/zero of=free bs=4096 count=10; dd if=/dev/zero of=fill bs=4096; rm free";
      await host.must(`mkdir /srv/full; mount -t tmpfs -o size=1m,mode=0700 tmpfs /srv/full
        seq 1 1000 | sed 's/.*/{"when":"","path":"&","more":"${"x".repeat(99)}"}/' >${list}
        cp -a ${registry}/. /srv/full; mount --bind /srv/full ${registry}
        cd ${registry} && { ${free}; } 2>/dev/null; chmod 0777 ${root}/etc`);
      expect(await program().up()).toSucceed();
      expect(
        await host.must(
          `stat -c %a ${root}/etc; tail -n 1 ${list} | cut -c 1-25; ls -A ${registry} | grep '^[.]new'; :`,
        ),
      ).toBe('750\n{"when":"","path":"1000",\n');
      await host.must(`umount ${registry}`);
    });

    test("begin anew where something else is in the place of the list", async () => {
      await host.must(`rm ${list}; mkdir -p ${list}/x; chmod 0777 ${root}/etc`);
      expect(await program().up()).toSucceed();
      expect((await repairs()).map(({ path }) => path)).toStrictEqual(["etc"]);
    });

    test("go with the last record", async () => {
      await program().forget("jail");
      expect((await host.sh(`ls ${list}`)).code).not.toBe(0);
    });
  });

import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { type Driven, drive, type JailPart } from "../support/driven";
import { makeHostileTree } from "../support/hostile-tree";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/**
 * Makes, gives modes, links to the host, renames and removes, and ends at the first thing that it cannot do: as it would if a
 * directory of its own were closed or taken from it for a moment.
 */
const churn = `cd "$0" || exit
  n=0
  while :; do
    n=$((n + 1))
    mkdir d$n && : >d$n/prog && chmod 4777 d$n/prog && ln -s /srv/outside/secret d$n/link && ln -s / d$n/host && mkfifo d$n/fifo &&
      ln d$n/prog d$n/other && mkdir d$n/sub && chmod 3777 d$n/sub && mv d$n moved && mv moved/sub sub && rmdir sub &&
      rm -r moved && mkdir .pulumi-chroot && chmod 0700 .pulumi-chroot && rmdir .pulumi-chroot || exit
  done`;

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a bind that a daemon may write through, on a ${flavour} host`, () => {
    const root = "/srv/jail";
    const source = "/srv/shared";
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await makeHostileTree(host, `${source}/tree`);
      await host.must(`cd ${source}; chown www:www . tree/names; chmod 0770 .; mkdir -m 0755 inside outside; chown www:www *side
        mknod mem c 1 1; mknod -m 0666 disk b 8 0; ln -s / host; ln -s ../../../../etc up; ln -s /var/lib/pulumi-chroot registry
        mkdir -m 0700 .pulumi-chroot; mkdir -m 0711 .pulumi-chroot-staging .pulumi-chroot-staging/0-00000000
        : >.pulumi-chroot/19700101T000000-0; : >.pulumi-chroot-staging/0-00000000/x; : >mine; chmod 6777 mine; chown www mine
        echo '# mine' >/etc/fstab`);
    });
    const jail: JailPart = {
      mounts: { "srv/shared": { type: "bind", source, readOnly: false, reason: "what others see" } },
      writable: { data: "uploads" },
      directories: { etc: "configuration" },
      undeclared: "prune",
      onDelete: "removeCreated",
    };
    const rules = { all: { match: "**/mine", owner: "root", group: "root", fileMode: "0600" } };
    const program = (): Driven => drive(siteOn(host, root), jail, rules);
    const seen = () =>
      ["/srv/outside", source, "/etc"].map((top) =>
        [...walk(host.path(top), (path) => path === "inside" || path === "outside")].filter(
          // The test changes the jail's lines of that file.
          ([path]) => top !== "/etc" || !(path === "." || path === "fstab"),
        ),
      );

    test("keeps every inode below it as it is, through looks, repairs, prune, the script and removal", async () => {
      const before = seen();
      expect(await program().up()).toSucceed();
      const as = { uid: account.www.uid, gid: account.www.gid };
      const start = (at: string) => {
        const child = host.spawn(["sh", "-c", churn, at], { as });
        for (const stream of [child.stdout, child.stderr]) stream?.resume();
        return child;
      };
      const [inside, outside] = [start(`${root}/srv/shared/inside`), start(`${source}/outside`)];
      const works = () => expect([inside, outside].map(({ exitCode }) => exitCode)).toStrictEqual([null, null]);
      await setTimeout(100);
      for (let run = 0; run < 2; run++) {
        await host.must(`cd ${root}; : >etc/mine; chmod 4777 etc/mine; mkdir -p etc/stray/deep; mknod etc/mem c 1 1; chmod 0777 etc srv
          mkdir -p data/own/deep; : >data/own/deep/mine; chown -R www:www data/own; chmod 4777 data/own/deep/mine`);
        const { plan, observation } = await program().assess();
        expect(observation.mounts).toStrictEqual(["srv/shared"]);
        expect(plan.differences.filter(({ path }) => path.startsWith("srv/"))).toStrictEqual([]);
        const outcomes = await program().up();
        expect(outcomes).toSucceed();
        expect([...(outcomes[0]?.moved?.keys() ?? [])].sort()).toStrictEqual(["etc/mem", "etc/stray"]);
        expect(await host.must(`stat -c '%u %a' ${root}/data/own/deep/mine ${root}/srv`)).toBe("0 600\n0 750\n");
        await host.must(`chmod 0777 ${root}/etc; sh /var/lib/pulumi-chroot/jail-*/permissions.sh`);
        works();
        expect(seen()).toStrictEqual(before);
      }
      await expect(program().forget("jail")).rejects.toThrow(
        /is not removed: .*something is mounted at \/srv\/jail\/srv\/shared; /,
      );
      works();
      await host.kill(inside);
      await program().forget("jail");
      expect(outside.exitCode).toBe(null);
      await host.kill(outside);
      expect(seen()).toStrictEqual(before);
      assert.equal(await host.must(`ls -A ${root}`), ".pulumi-chroot\n", "what was not the jail's own");
      const others = await host.must(`cd ${source}; find inside outside ! -user www`);
      expect(others).toBe("");
    });
  });

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Case } from "../../plan/golden";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";
import { accounts, type Ran, runScripts, type ScriptCase, scriptCase, scriptOf } from "../script-cases";

const races = Number(process.env["SCRIPT_RACES"] ?? 6);

/** A daemon gone bad: it exchanges a directory of its own with a link to another one, as fast as it can. */
const swapper = `chdir "/srv/jails/swap/w/own" or die; syscall(316, -100, "sub", -100, "link", 2) while 1`;

for (const flavour of ["gnu", "busybox"] as const)
  describe(`permissions.sh beside a hostile daemon on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts }, async (made) => {
      host = made;
      await host.must("mkdir -p /srv/scripts /srv/jails");
    });

    /** The script of a jail, written on the host. */
    function written(name: string, given: Partial<Case>): ScriptCase {
      const one = scriptCase({ name: "hostile", expect: {}, ...given }, `/srv/jails/${name}`);
      writeFileSync(host.path(`/srv/scripts/${name}.sh`), scriptOf(one.merged, one.root));
      return one;
    }
    const run = async (one: ScriptCase, args = ""): Promise<Ran> => {
      const [ran] = await runScripts(host, [one], args);
      assert.ok(ran);
      return ran;
    };

    const failures = {
      "the quarantine is open to others": "mkdir -m 0755 .pulumi-chroot",
      "the index is a directory": "mkdir -m 0700 .pulumi-chroot && mkdir .pulumi-chroot/index",
      "the disk is full": "dd if=/dev/zero of=ballast bs=4096 2>/dev/null; :",
    };
    for (const [why, command] of Object.entries(failures))
      test(`changes nothing behind a link that cannot be moved away: ${why}`, async () => {
        const outside = "/srv/outside";
        await host.must(`umount /srv/jails/stuck 2>/dev/null; rm -rf ${outside} /srv/jails/stuck; mkdir -p ${outside}/deep/er /srv/jails/stuck
          mount -t tmpfs -o mode=0755,size=64k none /srv/jails/stuck; cd /srv/jails/stuck; : >${outside}/deep/f
          mkdir -p w/own; chown named w/own; ln -s ${outside} w/own/d; chmod -R 1777 ${outside}; ${command}`);
        const one = written("stuck", {
          jail: {
            writable: { w: "w" },
            directories: { "w/own/d": "d", "w/own/d/deep": "deep", "w/own/d/deep/er": "er" },
          },
          rules: { f: { match: "w/own/d/**", owner: "root", fileMode: "0600", directoryMode: "0700" } },
        });
        const before = await host.must(`find ${outside} -exec stat -c '%n %u %g %a %Z' '{}' + | sort`);
        const ran = await run(one);
        expect(await host.must(`find ${outside} -exec stat -c '%n %u %g %a %Z' '{}' + | sort`)).toBe(before);
        assert.equal(ran.code, 1, ran.error);
        expect(ran.error).toMatch(/^not repaired: w\/own\/d: something else => directory$/m);
        await host.must("umount /srv/jails/stuck");
      });

    /** A jail with something in the place of a directory of the daemon's, which the script has moved away: its name. */
    async function movedAway(name: string): Promise<{ one: ScriptCase; moved: string }> {
      await host.must(`rm -rf /srv/jails/${name}; mkdir -p /srv/jails/${name}/w/own/sub; cd /srv/jails/${name}/w/own/sub
        printf kept >d; chown -R named /srv/jails/${name}/w`);
      const one = written(name, { jail: { writable: { w: "w" }, directories: { "w/own/sub/d": "d" } } });
      const ran = await run(one);
      const [, moved = ""] =
        /^w\/own\/sub\/d: moved away; sh \S+\.sh --bring-back (\S+) brings it back$/m.exec(ran.out) ?? [];
      assert.notEqual(moved, "", `${ran.out}${ran.error}`);
      return { one, moved };
    }
    const states = (root: string) =>
      host.must(`cd ${root} && find w -exec stat -c '%n %F %U %a' '{}' + | sort; ls .pulumi-chroot`);

    test("brings back what was moved away, and moves away what is in its place, open as it was", async () => {
      const { one, moved } = await movedAway("back");
      const empty = await run(one, `--bring-back ${moved}`);
      expect([empty.code, empty.out, empty.error]).toStrictEqual([0, "w/own/sub/d: back\n", ""]);
      expect(await host.must(`cd ${one.root}; cat w/own/sub/d .pulumi-chroot/index .pulumi-chroot/places`)).toBe(
        "kept",
      );
      const again = await movedAway("back");
      await host.must(
        `cd ${one.root}/w/own/sub/d; mkdir -p new/er; printf new >new/er/f; chown named:named new new/er; chmod 2770 new`,
      );
      const before = await states(one.root);
      const full = await run(one, `--bring-back ${again.moved}`);
      assert.equal(full.code, 0, full.error);
      const [, other = ""] =
        /^w\/own\/sub\/d: moved away; sh \S+ --bring-back (\S+) brings it back\n/m.exec(full.out) ?? [];
      expect(await states(one.root)).toMatch(new RegExp(`^w/own/sub/d regular file named \\d+$[^]*^${other}$`, "m"));
      expect((await run(one, `--bring-back ${other}`)).code).toStrictEqual(0);
      expect((await states(one.root)).replace(/\d{8}T\d{6}-\d+/, "")).toBe(before.replace(/\d{8}T\d{6}-\d+/, ""));
      for (const [name, why] of [
        ["../../w", /is no name/],
        ["20200101T000000-0", /has no 2020/],
        ["index", /has no index|is no name/],
        ["", /is no name/],
      ] as const) {
        const refused = await run(one, `--bring-back '${name}'`);
        expect(refused.code).toBe(2);
        expect(refused.error).toMatch(why);
      }
    });

    test("does not bring back to where a directory has gone, is another one's, or is mounted over", async () => {
      const { one, moved } = await movedAway("gone");
      const refused = async (prepare: string, why: RegExp, undo: string) => {
        await host.must(`cd ${one.root}/w/own; ${prepare}`);
        const before = await states(one.root);
        const ran = await run(one, `--bring-back ${moved}`);
        expect(ran.code).toBe(2);
        expect(ran.error).toMatch(why);
        expect(await states(one.root)).toBe(before);
        await host.must(`cd ${one.root}/w/own; ${undo}`);
      };
      await host.must("rm -rf /srv/elsewhere; mkdir -p /srv/elsewhere/d");
      await refused(
        "mv sub x; ln -s /srv/elsewhere sub",
        /the directory that it was in is not there/,
        "rm sub; mv x sub",
      );
      await refused("mount -t tmpfs none sub", /something is mounted there/, "umount sub");
      await refused(
        "mv ../../.pulumi-chroot/places /srv/p",
        /an earlier release has moved/,
        "mv /srv/p ../../.pulumi-chroot/places",
      );
      await refused(
        "chmod 0755 ../../.pulumi-chroot",
        /not root's directory with mode 0700/,
        "chmod 0700 ../../.pulumi-chroot",
      );
      await refused(
        "mv ../../.pulumi-chroot/index /srv/i; ln -s /srv/i ../../.pulumi-chroot/index",
        /its index is not root's/,
        "mv /srv/i ../../.pulumi-chroot/index",
      );
      expect(await host.must("ls /srv/elsewhere/d")).toBe("");
      expect((await run(one, `--bring-back ${moved}`)).code).toBe(0);
    });

    // The attacker is a Perl program, which a BusyBox host has not.
    if (flavour === "busybox") return;
    test("brings nothing back through a link that the daemon swaps in", async () => {
      const victims = () => host.must("cd /srv/victims && find . -exec stat -c '%n %u %g %a %Z' '{}' + | sort");
      await host.must("rm -rf /srv/victims; mkdir -p /srv/victims/sub; chmod 0777 /srv/victims/sub");
      const before = await victims();
      let landed = 0;
      for (let at = 0; at < races; at++) {
        const { one, moved } = await movedAway("swap");
        await host.must(`cd ${one.root}/w/own && ln -s /srv/victims/sub link`);
        const daemon = host.spawn(
          ["setpriv", "--reuid", "53", "--regid", "53", "--clear-groups", "perl", "-e", swapper],
          {},
        );
        try {
          const ran = await run(one, `--bring-back ${moved}`);
          assert.ok(ran.code === 0 || /was in is not there/.test(ran.error), ran.error);
          if (ran.code === 0) landed++;
        } finally {
          await host.kill(daemon);
        }
        assert.equal(await victims(), before, `after ${at + 1} runs`);
      }
      assert.ok(landed > 0, "none came back");
    });
  });

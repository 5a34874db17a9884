import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { bringBack } from "../../../provider/agent/site";
import type { Outcome } from "../../../provider/engine/converge/job";
import type { Bytes } from "../../../provider/model/bytes";
import { differenceText } from "../../../provider/render/text/difference-text";
import { type Driven, drive, errorsOf, type JailPart, type RuleParts } from "../../support/driven";
import { during } from "../../support/during";
import { doSteps, siteOn, walk } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const root = "/srv/jail";
const quarantine = `${root}/.pulumi-chroot`;

for (const flavour of ["gnu", "busybox"] as const)
  describe(`undeclared entries on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const program = (jail: JailPart = {}, rules: RuleParts = {}): Driven =>
      drive(
        siteOn(host, root),
        { directories: { etc: "settings" }, writable: { data: "uploads" }, undeclared: "prune", ...jail },
        rules,
      );
    const differences = async (of: Driven): Promise<Record<string, string>> => {
      const { plan, observation } = await of.assess();
      const texts = plan.differences.map((one) => [one.path, differenceText(one, observation)] as const);
      return Object.fromEntries(
        texts.map(([path, { live, declared, marks }]) => [path, `${live} => ${declared}${marks}`]),
      );
    };
    /** A jail as declared, with the entries that a script adds to it. */
    const prepare = async (script: string) => {
      await host.must(`umount -l ${root}/*/*/* ${root} 2>/dev/null; rm -rf ${root} /srv/out; mkdir -p ${root}/etc ${root}/data /srv/out
        echo out >/srv/out/secret; cd ${root}; chown root:www . etc data; chmod 0750 . etc; chmod 0770 data; ${script}`);
    };
    const nameOf = ([outcome]: Outcome[], path: string) => outcome?.moved?.get(path as Bytes) ?? assert.fail(path);

    test("are each shown, moved away, and brought back by one command", async () => {
      await prepare(`echo 1 >etc/conf; mkdir -p etc/old/deep; echo 2 >etc/old/deep/file; chown -R www etc/old
        ln -s /srv/out/secret "it's
a link"; mkfifo data/mine; echo mine >data/file; chown www data/*`);
      // BusyBox's find cannot print the target of a link.
      const arrow = flavour === "gnu" ? " -> /srv/out/secret" : "";
      const named = { pruneAnyway: { "etc/old": "the daemon's, of before" } };
      const jail = program(named, { conf: { match: "etc/conf", fileMode: "0640" } });
      expect(await differences(jail)).toStrictEqual({
        "etc/conf": "0644 => 0640",
        "etc/old": "www:root 0755 directory (2 entries below) => absent",
        "it's\na link": `root:root 0777 link${arrow} => absent`,
      });
      const outside = walk(host.path("/srv/out"));
      const tree = "find etc data it* -printf '%p %y %U %m %i\\n' | sort";
      const before = flavour === "gnu" ? await host.must(`cd ${root}; chmod 0640 etc/conf; ${tree}`) : "";
      const outcomes = await jail.up();
      expect(outcomes).toSucceed();
      expect(await host.must(`cd ${root}; ls -A . etc; stat -c '%u %a' .pulumi-chroot`)).toBe(
        ".:\n.pulumi-chroot\ndata\netc\n\netc:\nconf\n0 700\n",
      );
      expect(await differences(program())).toStrictEqual({});
      const names = ["etc/old", "it's\na link"].map((path) => [path, nameOf(outcomes, path)] as const);
      const index = await host.must(`stat -c %a ${quarantine}/index; sort ${quarantine}/index`);
      const lines = names.map(([path, name]) => `${name} ${path.replace("\n", "\\n")}: no resource declares it\n`);
      expect(index).toBe(`600\n${lines.sort().join("")}`);
      for (const [, name] of names) await host.must(bringBack(root, name));
      if (flavour === "gnu") assert.equal(await host.must(`cd ${root}; ${tree}`), before, "owners and all");
      expect(await host.must(`cat ${root}/etc/old/deep/file`)).toBe("2\n");
      expect(host.path("/srv/out")).toBeUntouched(outside);
    });

    test("stay where a process is in them, which is named, and go when it has ended", async () => {
      await prepare("mkdir -p etc/busy/deep etc/root etc/free; : >other");
      const started = await host.must(`cd ${root}/etc/busy/deep; sleep 600 >/dev/null 2>&1 & echo $!
        ${flavour === "gnu" ? `cd /; perl -e 'chroot "${root}/etc/root"; sleep 600'` : `cd ${root}/etc/root; sleep 600`} >/dev/null 2>&1 & echo $!; sleep 0.2`);
      try {
        const [{ error, moved } = {}] = await program().up();
        const [sleeper = "", other = ""] = started.split("\n");
        for (const text of [
          "/srv/jail/etc/busy is root:root 0755 directory (1 entry below), declared absent",
          `declared absent, not repaired: process ${sleeper} (sleep) has its working directory or its root in it`,
          `declared absent, not repaired: process ${other} (${flavour === "gnu" ? "perl" : "sleep"}) has its working directory or its root in it`,
        ])
          assert.ok(error?.message.includes(text), error?.message);
        assert.deepEqual([...(moved?.keys() ?? [])].sort(), ["etc/free", "other"], "the others are not kept by it");
        await host.must(`test -d ${root}/etc/busy/deep`);
      } finally {
        await host.must(`kill ${started.replaceAll("\n", " ")}; sleep 0.2`);
      }
      expect(await program().up()).toSucceed();
      expect(await host.must(`ls -A ${root}/etc`)).toBe("");
    });

    test("stay where something is mounted below them, or was in the meantime", async () => {
      await prepare("mkdir -p etc/a/b/point etc/c/file; : >/srv/out/mark");
      await host.must(`mount --bind /srv/out ${root}/etc/a/b/point`);
      try {
        expect((await differences(program()))["etc/a"]).toBe(
          "root:root 0755 directory (1 entry below) => absent, not repaired: etc/a/b/point is a mount point: unmount it, or protect it",
        );
        const [{ error } = {}] = await program().up();
        expect(error?.message ?? "").toMatch(/etc\/a\/b\/point is a mount point.*\n.*declare or protect it/s);
        expect(await host.must(`ls -A ${root}/etc ${root}/etc/a/b/point`)).toBe(
          `${root}/etc:\na\n\n${root}/etc/a/b/point:\nmark\nsecret\n`,
        );
        expect(await program({ protect: { "etc/a/b/point": "the admin's" } }).up()).toSucceed();
        const away = (path: string) => ({ path: path as Bytes, action: "away" }) as const;
        const errors = await doSteps(siteOn(host, root), [away("etc/a"), away("etc/a/b/point/mark")]);
        expect(errors.join()).toMatch(/etc\/a: a mount point is there, or below it.*mark: it is below a mount point/);
        expect(await host.must(`ls -A ${root}/etc/a/b/point`)).toBe("mark\nsecret\n");
      } finally {
        await host.must(`umount -l ${root}/etc/a/b/point`);
      }
    });

    test("are moved, and nothing outside, whatever the daemon puts in their place meanwhile", async () => {
      // It owns the root until it is taken back, and one of the directories that go.
      const left = `mkdir -p old/sub etc/theirs/sub; : >old/file; : >etc/theirs/file
        chown -R www:www old etc/theirs; chown www:www . etc; chmod 0775 . etc`;
      const swap = `cd ${root}
        for dir in old etc/theirs; do mv "$dir" "$dir.swapped" && ln -s /srv/out "$dir"; done
        cd etc/theirs.swapped && mv sub other && ln -s /srv/out sub`;
      const asDaemon =
        flavour === "gnu" ? "setpriv --reuid 1033 --regid 1033 --clear-groups sh -c" : "su www -s /bin/sh -c";
      let links = 0;
      for (const tool of ["chown", "sync", "mv", "timeout", "date"]) {
        await prepare(`rm -f /tmp/swapped; ${left}`);
        const outside = walk(host.path("/srv/out"));
        const once = `[ -e /tmp/swapped ] || { : >/tmp/swapped; cd /; ${asDaemon} '${swap}'; }`;
        const named = { pruneAnyway: { "old*": "the daemon's", "etc/theirs*": "the daemon's" } };
        const errors = errorsOf(await during(host, tool, once, () => program(named).up()));
        assert.deepEqual(errors, [], tool);
        await host.must("test -e /tmp/swapped");
        links += Number(await host.must(`find ${quarantine}/. -name '*-*' -type l | wc -l`));
        assert.deepEqual(await differences(program()), {}, tool);
        assert.equal(await host.must(`cd ${root}; ls -A . etc`), ".:\n.pulumi-chroot\ndata\netc\n\netc:\n", tool);
        assert.deepEqual(walk(host.path("/srv/out")), outside, tool);
      }
      assert.ok(links >= 2, `${links} links in the place of what was to be moved`);
    });

    test("are removed for good after 7 days, and nothing else is", async () => {
      await prepare(`: >old; mkdir -m 0700 .pulumi-chroot; cd .pulumi-chroot
        mkdir -p 20260101T000000-0/sub 20260101T000000-1/point 20990101T000000-0 20260101T000000-x other 20260101T000000
        ln -s /srv/out 20260101T000000-0/sub/link; ln -s /srv/out 20260101T000000-2; chown -R www 20260101T000000-0
        chmod 0777 20260101T000000-0/sub
        printf '%s\n' '20260101T000000-0 etc/a: a test' '20260101T000000-1 etc/b: a test' >index`);
      await host.must(`mount --bind /srv/out ${quarantine}/20260101T000000-1/point`);
      try {
        const outside = walk(host.path("/srv/out"));
        const outcomes = await program().up();
        expect(outcomes).toSucceed();
        expect(outcomes[0]?.expired).toBe(2);
        const old = nameOf(outcomes, "old");
        expect((await host.must(`ls -A ${quarantine}`)).trim().split("\n").sort()).toStrictEqual(
          [
            "20260101T000000",
            "20260101T000000-1",
            "20260101T000000-x",
            "20990101T000000-0",
            "index",
            "other",
            "places",
            old,
          ].sort(),
        );
        expect(host.path("/srv/out")).toBeUntouched(outside);
        expect(await host.must(`cat ${quarantine}/index`)).toBe(
          `20260101T000000-1 etc/b: a test\n${old} old: no resource declares it\n`,
        );
      } finally {
        await host.must(`umount -l ${quarantine}/20260101T000000-1/point`);
      }
      // A process that may rename in the root can put another directory under this name.
      await host.must(`mv ${quarantine} /srv/moved; ln -s /srv/moved ${quarantine}`);
      const moved = walk(host.path("/srv/moved"));
      const [{ expired } = {}] = await program().up();
      expect([expired, walk(host.path("/srv/moved"))]).toStrictEqual([0, moved]);
      await host.must("rm -rf /srv/moved");
    });

    test("stay where they cannot be moved, and the error says why", async () => {
      await prepare("mkdir etc/old; : >etc/old/file");
      for (const [forged, why] of [
        ["mkdir -m 0777 .pulumi-chroot", /is not root's directory with mode 0700/],
        ["mkdir -m 0700 .pulumi-chroot; ln -s /srv/out/secret .pulumi-chroot/index", /its index is not root's file/],
        ["mkdir -m 0700 .pulumi-chroot; ln -s /srv/out/secret .pulumi-chroot/places", /its index is not root's file/],
        ["mkdir -m 0700 .pulumi-chroot; ln /srv/out/secret .pulumi-chroot/index", /its index is not root's file/],
      ] as const) {
        await host.must(`cd ${root}; rm -rf .pulumi-chroot; ${forged}; rm -f /srv/out/index`);
        const [error = ""] = errorsOf(await program({ exclude: { ".pulumi-c*": "a test" } }).up());
        expect(error).toMatch(why);
        expect(await host.must(`cat /srv/out/secret; ls ${root}/etc/old`)).toBe("out\nfile\n");
      }
      await host.must(`umount -l ${root} 2>/dev/null || :; rm -rf ${root}; mkdir ${root}; mount -t tmpfs -o size=16k,mode=0750,gid=1033 tmpfs ${root}
        cd ${root}; mkdir -m 0750 etc; mkdir -m 0770 data; chgrp www etc data; : >old; cat /dev/zero >data/full 2>/dev/null || :`);
      try {
        const [error = ""] = errorsOf(await program().up());
        expect(error).toMatch(
          /\/srv\/jail\/old: is root:root 0644 file, declared absent; quarantine: .*index cannot be written/,
        );
        expect(await host.must(`cd ${root}; ls -d old; rm data/full`)).toBe("old\n");
        expect(await program().up()).toSucceed();
      } finally {
        await host.must(`umount -l ${root}`);
      }
    });
  });

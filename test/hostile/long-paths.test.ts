import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { LeftOut } from "../../provider/agent/channel/left-out";
import { Notices } from "../../provider/engine/log/notices";
import { JailSession } from "../../provider/engine/session/jail-session";
import type { Bytes } from "../../provider/model/bytes";
import { findingText } from "../../provider/render/text/findings/finding-text";
import { connections } from "../support/connections";
import { type Driven, drive, errorsOf } from "../support/driven";
import { pathsOf, uncheckedIn } from "../support/findings";
import { siteOn } from "../support/jail-site";
import { perl } from "../support/perl";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** Goes down, making the directories, and leaves the daemon a setuid file at the end. */
const dig = `my ($top, $depth, $name) = @ARGV; chdir $top or die; $name = $name x 255 if $name eq "n";
  for (1..$depth) { mkdir $name, 0777 or die $!; chown 1033, 1033, $name; chdir $name or die $! }
  open F, ">", "prog" or die; close F; chown 1033, 1033, "prog"; chmod 04755, "prog" or die`;
/** The modes on the way, the deepest last, and the file's. */
const modes = `my ($top, $depth, $name) = @ARGV; chdir $top or die; $name = $name x 255 if $name eq "n"; my %seen;
  for (1..$depth) { my @s = lstat $name; $seen{sprintf "%d %o", $s[4], $s[2] & 07777}++; chdir $name or die $! }
  my @s = lstat "prog"; printf "%s; %d %o", join(",", sort keys %seen), $s[4], $s[2] & 07777`;

const ways = {
  "of more than 4,096 bytes": { depth: 20, name: "n" },
  "of 380,000 bytes": { depth: 1500, name: "n" },
  "more than 1,000 directories deep": { depth: 1100, name: "deep" },
  "of few bytes, and very deep": { depth: 1100, name: "d" },
};

for (const flavour of ["gnu", "busybox"] as const)
  describe(`paths that no command takes, on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });

    for (const [index, [what, { depth, name }]] of Object.entries(ways).entries())
      test(`one ${what} is not checked, and keeps nothing else from being repaired`, async () => {
        const root = `/srv/jail${index}`;
        await host.must(`mkdir -p ${root}/etc ${root}/data/own; cd ${root}; : >etc/named.conf; chmod 0666 etc/named.conf
          chown root:www data; chmod 0770 data; : >data/own/prog; chmod 4755 data/own/prog; chown -R www data/own
          chmod 4755 data/own/prog`);
        const way = [host.path(`${root}/data/own`), String(depth), name] as const;
        perl(dig, ...way);
        const before = perl(modes, ...way);
        const program = (): Driven =>
          drive(siteOn(host, root), { writable: { data: "uploads" }, directories: { etc: "configuration" } });
        const expectUnseen = (errors: readonly string[]) => {
          assert.equal(errors.length, 1, errors.join());
          expect(errors[0] ?? "").toMatch(/ is not checked: .*data\/own\/.*: nothing below it is looked at/);
        };

        expectUnseen(errorsOf(await program().up()));
        expect(await host.must(`cd ${root}; stat -c %a etc/named.conf data/own/prog`)).toBe("640\n755\n");
        // Opened again all the way, and the file is as it was: whoever could reach it by its name can do so still.
        expect(perl(modes, ...way)).toBe(before);
        expect(before).toMatch(/; 1033 4755$/);

        // Once more: nothing but that is left to do.
        expectUnseen(errorsOf(await program().up()));
        const look = await program().report();
        expect(look.host).toBe(undefined);
        expect(look.differences).toStrictEqual([]);
        expect([...look.texts.values()].map(({ isUnchecked }) => isUnchecked)).toStrictEqual([true]);
      });
  });

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a subtree that is too much for one look, on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const names = 2000;
    const log = async () => {};
    const { signal } = new AbortController();
    const program = (root: string, jail = {}) => {
      const site = siteOn(host, root);
      const session = new JailSession(
        { site, log, notices: new Notices(log), connections, signal, otherJails: () => [] },
        {},
        new LeftOut({ names }),
      );
      const mail = { match: "data/mail/**", owner: "www", fileMode: "0600" };
      const conf = { match: "etc/*", fileMode: "0640" };
      return drive(site, { writable: { data: "uploads" }, ...jail }, { mail, conf }, {}, [], session);
    };
    const many = (at: string, as = "") => `mkdir -p "${at}"; (cd "${at}"; seq 1 3000 | xargs touch; ${as})`;
    const mine = "chown www . *";
    const uncheckedBy = async (driven: Driven) =>
      uncheckedIn((await driven.assess()).plan).map((one) => `${one.by?.label} ${one.at} ${findingText(one)}`);

    test("costs that subtree: the rest is compared and repaired, and nothing is made in it", async () => {
      const root = "/srv/wide";
      await host.must(`mkdir -p ${root}/etc; cd ${root}; : >etc/named.conf; ${many("data/mail", mine)}
        ${many("data/more/of it/[x]*", mine)}; chgrp www data; chmod 0770 data; mkdir data/small; chmod 2777 data/small`);
      const jail = { directories: { etc: "configuration", "data/mail/cur": "mail", "data/small/new": "mail" } };
      for (const outcome of ["first", "second"]) {
        await host.must(`chmod 0666 ${root}/etc/named.conf`);
        const errors = errorsOf(await program(root, jail).up());
        assert.equal(errors.length, 2, errors.join("\n"));
        for (const error of errors)
          assert.match(
            error,
            / is not checked: .*data\/(mail|more\/of it).* [12],\d\d\d names below it or more, and a look takes at most 2,000/,
            outcome,
          );
        expect(await host.must(`cd ${root}; stat -c %a etc/named.conf data/small; ls -d data/small/new`)).toBe(
          "640\n770\ndata/small/new\n",
        );
        assert.equal(
          (await host.sh(`cd ${root}; ls data/mail/cur`)).code === 0,
          false,
          "nobody knows whether it is there",
        );
        assert.equal(
          await host.must(`cd ${root}; stat -c '%U %a' data data/mail`),
          "root 770\nroot 770\n",
          "open again",
        );
      }
      const whole = program(root, jail);
      const texts = await uncheckedBy(whole);
      for (const [label, at] of [
        ["Jail::jail", "data/mail"],
        ["Jail::jail", "data/more/of it/[x]*"],
        ["PermissionRule::mail", "data/mail"],
      ])
        assert.ok(
          texts.some((text) => text.startsWith(`${label} ${at} `)),
          `${label} ${at}: ${texts.join()}`,
        );
      assert.ok(!texts.some((text) => text.startsWith("PermissionRule::conf")), texts.join());
      const { plan, observation } = await whole.assess();
      expect([plan.differences, pathsOf(plan, "dead-rule")]).toStrictEqual([[], []]);
      assert.ok(observation.entries.size < names && observation.entries.has("data/mail" as Bytes));
    });

    test("is told as one also where it is root's, and the root itself by its name and how much it has", async () => {
      await host.must(`mkdir -p /srv/own/etc; cd /srv/own; ${many("usr/share")}; ${many("/srv/flat")}`);
      const texts = await uncheckedBy(program("/srv/own"));
      expect(texts.map((text) => text.split(" ").slice(0, 2).join(" "))).toStrictEqual(["Jail::jail usr/share"]);
      expect((await program("/srv/flat").report()).host ?? "").toMatch(
        /^not checked: the jail is too large for one look, .*; \. has [12],\d\d\d names below it/,
      );
    });

    if (flavour === "gnu")
      test("where directories are moved all the time costs the directory of the daemon's that they are in", async () => {
        const root = "/srv/moving";
        await host.must(
          `mkdir -p ${root}/etc ${root}/data/own; cd ${root}; : >etc/named.conf; chmod 0666 etc/*; chgrp www data; chmod 770 data`,
        );
        await host.replace(
          "/usr/bin/find",
          (find) => `#!/bin/sh
case "$*" in *"! -path .//data -o"*) ;; *%p*) case $PWD in ${root})
  ${find} .// .//data .//data/own -maxdepth 0 -printf '%y %m %U %G %n %D:%i %s %p\\0%l\\0'
  echo "find: failed to read file names from file system at or below './/': No such file or directory" >&2; exit 1 ;; esac ;; esac
exec ${find} "$@"\n`,
        );
        const errors = errorsOf(await program(root).up());
        const texts = await uncheckedBy(program(root));
        await host.restore("/usr/bin/find");
        expect(errors.join("\n")).toMatch(
          /Jail::jail is not checked: .*data.*: directories are moved in it all the time/,
        );
        expect(await host.must(`stat -c %a ${root}/etc/named.conf`)).toBe("640\n");
        expect(texts.map((text) => text.split(" ").slice(0, 2).join(" "))).toStrictEqual([
          "Jail::jail data",
          "PermissionRule::mail data",
        ]);
        expect(await program(root).up()).toSucceed();
      });
  });

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "@jest/globals";
import { hostLimitText } from "../../../provider/render/text/findings/host-limits";
import { drive, type JailPart } from "../../support/driven";
import { pathsOf, refusalTexts } from "../../support/findings";
import { siteOn } from "../../support/jail-site";
import { logScene, own, reason } from "../../support/log-scene";
import { perl } from "../../support/perl";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a log socket of BusyBox's syslogd on a ${flavour} host`, () => {
    const source = `/run/log-${flavour}-${own}`;
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must(`ln -s ${source} /dev/log`);
    });
    const { root, program, differences, up, log, found } = logScene(() => host, { from: source, reason });
    const stop = () =>
      host.must("[ ! -f /var/run/syslogd.pid ] || kill $(cat /var/run/syslogd.pid); rm -f /var/run/syslogd.pid");
    const start = () =>
      host.must(`${flavour === "gnu" ? "busybox " : ""}syslogd -O /var/log/messages
        until [ -S ${source} ] && [ -f /var/run/syslogd.pid ]; do sleep 0.05; done`);
    const unmount = () => host.must(`umount -l '${root}/dev/log' 2>/dev/null; :`);
    const fresh = async () => {
      await stop();
      await unmount();
      await host.must(
        `rm -rf '${root}' ${source} /var/lib/pulumi-chroot/* /var/log/messages; : >/etc/fstab; mkdir '${root}'`,
      );
      await start();
    };
    afterEach(unmount);
    const bind = `bind ${source} ro,nosuid,nodev,noexec`;

    test("is bound in the jail, a line comes out of it, and a preview says nothing then", async () => {
      await fresh();
      expect(await differences()).toStrictEqual({
        ".": "root:root 0755 => root:www 0750",
        dev: "absent => root:www 0750 directory",
        "dev/log": `not mounted => ${bind}`,
      });
      expect(await up()).toStrictEqual([]);
      expect(await found("pulumi-chroot")).toMatch(/user\.notice pulumi-chroot: [0-9a-f]{16}\n$/);
      log("from the jail");
      expect(await found("from the jail")).toMatch(/jailed: from the jail\n$/);
      host.resetCounts();
      const preview = program();
      expect(await differences(preview)).toStrictEqual({});
      expect(refusalTexts((await preview.assess()).plan)).toStrictEqual([]);
      // It is asked in the session of the look: as many as of a jail without one.
      expect([host.connections() <= 1, host.commands()]).toStrictEqual([true, 1]);
      expect(pathsOf((await preview.assess()).plan, "undeclared-entry")).toStrictEqual([]);
      expect(await host.must("cat /etc/fstab")).toBe("");
      const limits = (await preview.assess()).observation.gaps
        .map(hostLimitText)
        .filter((text) => text.includes("dev/log"));
      expect(limits).toStrictEqual(["dev/log is gone after a restart of the host, until pulumi up mounts it again"]);
      expect(await host.must("cat /var/lib/pulumi-chroot/*/permissions.md")).toMatch(
        new RegExp(`## Log socket\\n\\n.*\\n.*\\n\\| .dev/log. \\| who does at .${source}. \\| ${reason} \\|`),
      );
    });

    test("is a dead one when syslogd has been started again, and up binds the new one", async () => {
      await fresh();
      expect(await up()).toStrictEqual([]);
      await stop();
      await start();
      expect(await differences()).toStrictEqual({ "dev/log": `bind of a dead socket => ${bind}` });
      expect(await up()).toStrictEqual([]);
      expect(await differences()).toStrictEqual({});
      log("again from the jail");
      expect(await found("again from the jail")).toMatch(/jailed: again/);
      await unmount();
      expect(await differences()).toStrictEqual({ "dev/log": `not mounted => ${bind}` });
      expect(await up()).toStrictEqual([]);
    });

    test("that nobody listens at is drift, which only somebody on the host can end", async () => {
      await fresh();
      expect(await up()).toStrictEqual([]);
      await stop();
      expect(await differences()).toStrictEqual({ "dev/log": `without a listener => with a listener at ${source}` });
      expect((await up()).join()).toMatch(
        /dev\/log: is without a listener, declared with a listener at \/run\S+; start the daemon that should listen there\ncorrect that/,
      );
      await start();
      expect(await up()).toStrictEqual([]);
      expect(await differences()).toStrictEqual({});
    });

    // It takes the 5 s in which a line may still come.
    if (flavour === "busybox")
      test("that no line comes out of fails, and says where it was looked for", async () => {
        await fresh();
        // If the daemon owns the log's directory, a link there to another file is not followed.
        await host.must(
          "rm -rf /srv/logs; mkdir /srv/logs; chown 1033 /srv/logs; ln -s /var/log/messages /srv/logs/log",
        );
        const elsewhere = () => program({ logSocket: { from: source, foundIn: "/srv/logs/log", reason } });
        const said = (await up(elsewhere())).join();
        expect(said).toMatch(/dev\/log: a line sent to it was not found in \/srv\/logs\/log: correct foundIn/);
        const noted = "grep -l unproved /var/lib/pulumi-chroot/*/*.json || :";
        expect(await host.must(noted)).not.toBe("");
        await host.must("rm /srv/logs/log; ln /var/log/messages /srv/logs/log");
        expect(await up(elsewhere())).toStrictEqual([]);
        expect(await host.must(noted)).toBe("");
      });

    test("is not judged where the kernel does not tell", async () => {
      const script = readFileSync("provider/agent/host/86-log.sh", "utf8");
      const asked = (first: string) =>
        host.must("unshare -m sh", { stdin: `${script}\n${first}\nfind_listener /nowhere\necho "$BOUND"\n` });
      expect(await asked("umount -l /proc")).toBe("unknown\n");
      expect(await asked(":")).toBe("nobody\n");
    });

    test("takes the place of what was there before, which is kept", async () => {
      await fresh();
      await host.must(`mkdir '${root}/dev'`);
      perl(
        'use Socket; socket(our $old, AF_UNIX, SOCK_DGRAM, 0); chdir $ARGV[0] and bind($old, pack_sockaddr_un("log")) or die $!',
        host.path(`${root}/dev`),
      );
      expect((await differences())["dev/log"]).toBe(`not mounted => ${bind}`);
      expect(await up()).toStrictEqual([]);
      expect(await host.must(`cat '${root}/.pulumi-chroot/index'`)).toMatch(/dev\/log/);
      for (const script of ["ln -s /etc/passwd dev/log", "echo something >dev/log"]) {
        await unmount();
        await host.must(`cd '${root}'; rm -f dev/log; ${script}`);
        expect(await up()).toStrictEqual([]);
        expect(await differences()).toStrictEqual({});
      }
      expect(await host.must("cat /etc/passwd")).toMatch(/^root:/);
    });

    test("is not pruned, and goes when it is declared no more, or with the jail", async () => {
      await fresh();
      const none = () => drive(siteOn(host, root), { onDelete: "removeCreated" });
      await host.must(`mkdir '${root}/dev'; : >'${root}/dev/log'`);
      for (const jail of [program(), none()]) expect(await up(jail)).toStrictEqual([]);
      assert.equal(await host.must(`ls -A '${root}/dev'`), "log\n", "what was there before stays");
      await fresh();
      const pruned = { undeclared: "prune", onDelete: "removeCreated" } as const;
      expect(await up(program(pruned))).toStrictEqual([]);
      expect(await differences(program(pruned))).toStrictEqual({});
      expect((await differences(none()))["dev/log"] ?? "").toMatch(/log-\S+ ro,nosuid,nodev,noexec => not mounted$/);
      expect(await up(none())).toStrictEqual([]);
      expect(await differences(none())).toStrictEqual({});
      expect(await host.must(`ls -A '${root}/dev'; cat /proc/self/mountinfo | grep -c '${own}/dev/log' || :`)).toBe(
        "0\n",
      );
      expect(await up(program(pruned))).toStrictEqual([]);
      // A host that was started again has nothing mounted.
      if (flavour === "gnu") await unmount();
      await program(pruned).forget("jail");
      expect(await host.must(`ls -A '${root}'`)).toBe("");
    });

    test("is refused where it could lead elsewhere, before anything is touched", async () => {
      const at = (from: string, more: object = {}) => ({ logSocket: { from, reason, ...more } });
      const cases: [string, JailPart, RegExp][] = [
        ["ln -s /run/systemd/journal/dev-log /srv/s", at("/srv/s"), /\/srv\/s is a link: declare from: "journald"/],
        [`ln -s ${source} /srv/s`, at("/srv/s"), /\/srv\/s is a link: declare the path that it points to/],
        [":", at("/srv/s"), /\/srv\/s is not there: start the daemon that makes it, or correct the path/],
        [":", at("journald"), /dev-log is not there: start the daemon that makes it, or declare from: "syslog"/],
        ["echo >/srv/s", at("/srv/s"), /\/srv\/s is a file: declare a datagram socket/],
        [`mkdir -m 0777 /srv/open`, at("/srv/open/s"), /is below \/srv\/open, which is root:root 0777/],
        [":", at(`${root}/s`), /\/s is in the jail: bind a socket beside the jail/],
        [":", { ...at(source), writable: { dev: "a test" } }, /dev above it is declared as writable/],
        [":", { ...at(source), writable: { "dev/log": "a test" } }, /dev\/log/],
        [`mkdir -p '${root}/dev/log'`, at(source), /dev\/log is a directory: remove it/],
        [
          ":",
          { ...at(source), baseline: { owner: "www", group: "www", fileMode: "0640", directoryMode: "0750" } },
          /users other than root may write in \., /,
        ],
        [
          ":",
          { ...at(source), mounts: { dev: { type: "tmpfs", size: "64k", reason } } },
          /dev is declared as a mount: give logSocket a path of the jail itself/,
        ],
        ...(flavour === "busybox"
          ? ([
              [":", at("syslog"), /no \/usr\/sbin\/rsyslogd: install rsyslog, or declare from: "journald" or the path/],
            ] as [string, JailPart, RegExp][])
          : []),
      ];
      for (const [script, jail, why] of cases) {
        await host.must(
          `umount -l '${root}/dev/log' 2>/dev/null; rm -rf '${root}' /srv/s /srv/open; mkdir '${root}'; umask 022; ${script}`,
        );
        const before = await host.must(`ls -laR '${root}'`);
        expect((await up(program(jail))).join()).toMatch(why);
        expect(await host.must(`ls -laR '${root}'`)).toBe(before);
      }
    });
  });

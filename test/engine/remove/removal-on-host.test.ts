import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { type Driven, drive, type FileParts, type JailPart } from "../../support/driven";
import { siteOn, walk } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const reason = "a test";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a jail that is removed on a ${flavour} host`, () => {
    const root = "/srv/jails/deep/jail";
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must("mkdir -p /srv/out; echo out >/srv/out/secret; ln -s /srv/out /srv/way");
    });
    const jail: JailPart = {
      onDelete: "removeCreated",
      binaries: { "/bin/sleep": reason },
      devices: { null: reason },
      directories: { "var/run": reason },
      writable: { data: reason, "var/spool": reason },
    };
    const files: FileParts = {
      conf: { path: "etc/app/conf", content: "conf", hostLink: "/etc/app.conf" },
      spooled: { path: "data/in/first", content: "first" },
      link: { path: "etc/link", symlinkTo: "app/conf" },
      plain: { path: "etc/plain", content: "plain" },
    };
    const program = (more: JailPart = {}, of = files, at = root): Driven =>
      drive(siteOn(host, at), { ...jail, ...more }, {}, of);
    const up = async (of: Driven, ...names: string[]) => expect(await of.up(...names)).toSucceed();
    const fresh = () => host.must("rm -rf /srv/jails /etc/app.conf /var/lib/pulumi-chroot/*");
    /** The entries of a host in the places where a jail is made. */
    const places = () =>
      [...walk(host.path("/srv")), ...walk(host.path("/etc"))].map(
        ([path, { type, mode, uid, gid, size, target }]) =>
          `${path} ${type} ${mode} ${uid}:${gid} ${type === "file" ? size : ""} ${target ?? ""}`,
      );

    const quarantined = async () =>
      (
        await host.must(
          `cd ${root}/.pulumi-chroot && find . ! -name index ! -name places | sed 's/[0-9]*T[0-9]*/TIME/' | sort`,
        )
      )
        .split("\n")
        .filter(Boolean);

    test("leaves the host as it was, with the directories above it that were made", async () => {
      await fresh();
      const before = places();
      const one = program();
      await up(one);
      expect(await host.must(`cat ${root}/etc/app/conf /etc/app.conf`)).toBe("confconf");
      await one.forget("jail");
      expect(places()).toStrictEqual(before);
      expect(await host.must("ls -A /var/lib/pulumi-chroot")).toBe("");
      await one.forget("jail");
    });

    test("loses a file and a link whose resources are deleted alone, and keeps one that leads elsewhere now", async () => {
      await fresh();
      const one = program({}, { ...files, moved: { path: "etc/moved", symlinkTo: "app/conf" } });
      await up(one);
      await host.must(`ln -sfn /srv/out ${root}/etc/moved`);
      for (const name of ["link", "plain", "moved"]) await one.forget(name);
      expect(await host.must(`ls ${root}/etc`)).toBe("app\nmoved\n");
    });

    test("follows nothing that was put in place of what was made, and takes nothing of what it leads to", async () => {
      await fresh();
      await up(program());
      const outside = walk(host.path("/srv/out"));
      await host.must(`cd ${root}
        rm -r data/in; ln -s /srv/out data/in; ln /srv/out/secret data/hard
        rm bin/sleep; mkdir bin/sleep; echo x >bin/sleep/x
        rm etc/link etc/plain; ln /srv/out/secret etc/link; ln /srv/out/secret etc/plain; rm -r etc/app; ln -s /srv/out etc/app
        rm dev/null; ln -s /srv/out/secret dev/null`);
      await program().forget("jail");
      const plain = (tree: ReturnType<typeof walk>) =>
        [...tree].map(([path, { ctime: _, links: __, ...live }]) => [path, live]);
      expect(plain(walk(host.path("/srv/out")))).toStrictEqual(plain(outside));
      const found = (await quarantined()).map((path) => path.replace(/TIME-\d/, "T")).sort();
      expect(found).toStrictEqual([
        ".",
        "./T",
        "./T",
        "./T",
        "./T",
        "./T/app",
        "./T/bin",
        "./T/bin/sleep",
        "./T/bin/sleep/x",
        "./T/hard",
        "./T/in",
        "./T/link",
        "./T/null",
      ]);
      expect(await host.must(`ls -A ${root}`)).toBe(".pulumi-chroot\n");
    });

    test("is refused, and nothing is touched, while a process has its root or something is mounted there", async () => {
      await fresh();
      await up(program());
      const before = places();
      const daemon = host.spawn(["/usr/sbin/chroot", root, "/bin/sleep", "1000"]);
      const running = await waitFor(async () =>
        (
          await host.sh(`for p in /proc/[0-9]*; do [ "$p/root" -ef ${root} ] && echo "\${p#/proc/}"; done`)
        ).stdout.trim(),
      );
      const said = new RegExp(
        `Jail::jail is not removed: .*${root}: process ${running} \\(.*sleep.*\\) has it as its root\\nstop it first`,
      );
      await assert.rejects(program().forget("jail"), said);
      expect(places()).toStrictEqual(before);
      const ended = once(daemon, "close");
      await host.kill(daemon);
      await ended;
      await host.must(`mount -t tmpfs tmpfs ${root}/var/spool`);
      await expect(program().forget("jail")).rejects.toThrow(
        /something is mounted at \/srv\/jails\/deep\/jail\/var\/spool\nunmount it first/,
      );
      await host.must(`umount ${root}/var/spool`);
      expect(places()).toStrictEqual(before);
      await program().forget("jail");
      expect((await host.sh(`ls ${root}`)).stdout).toBe("");
    });

    test("undoes its mounts first, and what is mounted there stays as it is", async () => {
      await fresh();
      await host.must("mkdir -p /srv/in; chown www /srv/in; echo in >/srv/in/file; : >/etc/fstab");
      const before = places();
      const all: JailPart = {
        mounts: {
          in: { type: "bind", source: "/srv/in", readOnly: false, reason },
          run: { type: "tmpfs", size: "64k", group: "www", mode: "0770", reason },
        },
        accounts: { users: { www: reason }, groups: { www: reason } },
        hostFiles: { hosts: reason },
      };
      await up(program(all));
      expect(await host.must(`cat ${root}/etc/passwd`)).toMatch(/^www:x:1033:1033:/);
      const mounted = () => host.must("cat /proc/self/mountinfo /etc/fstab");
      await host.must(`mount -t tmpfs tmpfs ${root}/var/spool`);
      const there = await mounted();
      await expect(program(all).forget("jail")).rejects.toThrow(
        /something is mounted at .*\/var\/spool\nunmount it first/,
      );
      assert.equal(await mounted(), there, "nothing is undone for somebody else's");
      await host.must(`umount ${root}/var/spool
        (exec sleep 60 >${root}/run/pid 2>/dev/null & echo $! >/run/lab-sleep) </dev/null`);
      await expect(program(all).forget("jail")).rejects.toThrow(
        /something is mounted at .*\/run; .*busy.*\nend the processes that use it, or unmount it first/,
      );
      await host.must('kill "$(cat /run/lab-sleep)"');
      await program(all).forget("jail");
      expect(places()).toStrictEqual(before);
      expect(await mounted()).not.toMatch(/jails/);
    });

    test("is refused when somebody starts its daemon meanwhile, and what was closed for it is open again", async () => {
      await fresh();
      await up(program());
      const tree = () => places().filter((path) => path.startsWith("jails/"));
      const before = tree();
      const chown = (
        await host.must("for at in /usr/bin /bin; do [ ! -x $at/chown ] || { echo $at/chown; break; }; done")
      ).trim();
      await host.must("mkdir -p /run/lab; : >/run/lab/once");
      await host.replace(
        chown,
        (original) => `#!/bin/sh
        if rm /run/lab/once 2>/dev/null; then
          setsid /usr/sbin/chroot ${root} /bin/sleep 1000 </dev/null >/dev/null 2>&1 9<&- &
          sleep 1
        fi
        exec ${original} "$@"
      `,
      );
      await expect(program().forget("jail")).rejects.toThrow(
        /Jail::jail is not removed: .* has it as its root\nstop it first/,
      );
      const running = `for p in /proc/[0-9]*; do [ "$p/root" -ef ${root} ] && echo "\${p#/proc/}"; done`;
      // The agent opens everything when its line ends.
      await waitFor(async () => (tree().join("\n") === before.join("\n") ? "open" : ""));
      await host.must(`kill $(${running})`);
      await program().forget("jail");
      expect((await host.sh(`ls ${root}`)).stdout).toBe("");
    });
  });

async function waitFor(ask: () => Promise<string>): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await ask();
    if (found !== "") return found;
    await setTimeout(50);
  }
  throw new Error("it does not come");
}

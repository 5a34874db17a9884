import assert from "node:assert/strict";
import { afterEach, describe, expect, test } from "@jest/globals";
import { hostLimitText } from "../../../provider/render/text/findings/host-limits";
import { type Driven, driftOf, drive, errorsOf, type JailPart } from "../../support/driven";
import { during } from "../../support/during";
import { refusalTexts } from "../../support/findings";
import { siteOn } from "../../support/jail-site";
import { perl } from "../../support/perl";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const reason = "the daemon reads it";
const limits = "ro,nosuid,nodev,noexec";
const bound = `use Socket; chdir $ARGV[0] or die; unlink "s"; socket(S,AF_UNIX,SOCK_STREAM,0); bind(S,sockaddr_un("s")) or die $!`;

for (const flavour of ["gnu", "busybox"] as const)
  describe(`on a ${flavour} host a mount`, () => {
    const root = "/srv/jail";
    let host: LabHost;
    useHost({ flavour, accounts: { ...account, bob: { uid: 1050, gid: 1050 } } }, (made) => {
      host = made;
    });
    const program = (mounts: JailPart["mounts"], more: JailPart = {}): Driven =>
      drive(siteOn(host, root), { ...(mounts ? { mounts } : {}), ...more });
    const differences = (mounts: JailPart["mounts"]) => driftOf(program(mounts));
    const up = async (mounts: JailPart["mounts"]) => errorsOf(await program(mounts).up());
    const unmount = () =>
      host.must(
        `while read -r _ _ _ _ point _; do case $point in ${root}/*) umount -l "$point" ;; esac; done </proc/self/mountinfo`,
      );
    const mounted = async () =>
      (await host.must("cat /proc/self/mountinfo")).split("\n").filter((line) => line.includes(` ${root}/`));
    const fresh = async (script = ":") => {
      await unmount();
      await host.must(`rm -rf ${root} /srv/host /var/lib/pulumi-chroot; mkdir -p ${root} /srv/host; umask 022
        echo '# mine' >/etc/fstab; cd /srv/host; ${script}`);
    };
    afterEach(unmount);

    const conf = { "etc/conf": { type: "bind", source: "/srv/host/conf", reason } } as const;
    const socket = { "run/s": { type: "bind", source: "/srv/host/s", reason } } as const;
    const listen = () => perl(bound, host.path("/srv/host"));

    test("of a file goes on an empty file, shows the host's, and is made anew where the host replaces it", async () => {
      await fresh("echo one >conf");
      expect(await differences(conf)).toStrictEqual({
        ".": "root:root 0755 => root:www 0750",
        "/etc/fstab": "without lines of this jail => with 1 line of this jail",
        etc: "absent => root:www 0750 directory",
        "etc/conf": `not mounted => bind /srv/host/conf ${limits}`,
      });
      expect(await up(conf)).toStrictEqual([]);
      expect(await host.must(`cat ${root}/etc/conf`)).toBe("one\n");
      expect((await mounted()).join()).toMatch(/\/srv\/host\/conf \/srv\/jail\/etc\/conf ro,nosuid,nodev,noexec/);
      expect(await differences(conf)).toStrictEqual({});
      const before = await host.must("cat /proc/self/mountinfo");
      expect(await up(conf)).toStrictEqual([]);
      expect(await host.must("cat /proc/self/mountinfo")).toBe(before);

      await host.must("cd /srv/host; echo two >new; mv new conf");
      expect(await differences(conf)).toStrictEqual({
        "etc/conf": `bind of a file that the host has replaced => bind /srv/host/conf ${limits}`,
      });
      expect(await up(conf)).toStrictEqual([]);
      expect(await host.must(`cat ${root}/etc/conf`)).toBe("two\n");

      await host.must(`mount -o remount,bind,rw,exec /srv/host/conf ${root}/etc/conf`);
      expect(Object.keys(await differences(conf))).toStrictEqual(["etc/conf"]);
      expect(await up(conf)).toStrictEqual([]);
      await host.must(`umount ${root}/etc/conf`);
      assert.equal(await host.must(`cat ${root}/etc/conf`), "", "it is mounted on an empty file");
      expect(await differences(conf)).toStrictEqual({ "etc/conf": `not mounted => bind /srv/host/conf ${limits}` });
      // The host's fstab names the mounts of its next start.
      await host.must("mount -a");
      if (flavour === "gnu") expect(await differences(conf)).toStrictEqual({});
      expect(await up(conf)).toStrictEqual([]);
      expect((await mounted()).join()).toMatch(/ \/srv\/jail\/etc\/conf ro,nosuid,nodev,noexec/);
    });

    test("of a file is undone with what was made for it, and what was there before stays", async () => {
      await fresh(`echo one >conf; mkdir ${root}/etc; echo own >${root}/etc/own`);
      const both = { ...conf, "etc/own": { ...conf["etc/conf"] } };
      expect(await up(both)).toStrictEqual([]);
      expect(await host.must(`cat ${root}/etc/own`)).toBe("one\n");
      expect(await up({})).toStrictEqual([]);
      expect(await mounted()).toStrictEqual([]);
      expect(await host.must(`cd ${root}; ls etc; cat etc/own /etc/fstab`)).toBe("own\nown\n# mine\n");
      await fresh("echo one >conf");
      const removed = () => program(conf, { onDelete: "removeCreated" });
      expect(await removed().up()).toSucceed();
      await removed().forget("jail");
      expect(await mounted()).toStrictEqual([]);
      expect(await host.must(`cat /srv/host/conf /etc/fstab; ls -A ${root}`)).toBe("one\n# mine\n");
    });

    test("of a socket shows the one that somebody has bound, and is made anew with it", async () => {
      await fresh();
      listen();
      expect(await up(socket)).toStrictEqual([]);
      expect(await host.must(`stat -c %F ${root}/run/s`)).toBe("socket\n");
      expect(await differences(socket)).toStrictEqual({});
      expect((await program(socket).assess()).observation.gaps.map(hostLimitText).join()).toMatch(
        /run\/s is gone after a restart of the host/,
      );
      expect(await host.must("cat /etc/fstab")).toBe("# mine\n");
      listen();
      expect(await differences(socket)).toStrictEqual({
        "run/s": `bind of a dead socket => bind /srv/host/s ${limits}`,
      });
      expect(await up(socket)).toStrictEqual([]);
      expect(await differences(socket)).toStrictEqual({});
      expect(await up({})).toStrictEqual([]);
      assert.equal(await host.must(`ls -A ${root}/run`), "", "the file that it was on is gone, too");
    });

    test("of a file does not follow a link, and is refused where others may put another one there", async () => {
      await fresh("echo one >real; ln -s real conf; mkdir -m 0777 open; echo x >open/conf; mkfifo pipe");
      const of = (source: string) => ({ "etc/conf": { ...conf["etc/conf"], source } });
      expect((await up(of("/srv/host/conf"))).join()).toMatch(/is a link: declare the path that it points to/);
      expect((await up(of("/srv/host/open/conf"))).join()).toMatch(
        /is below \/srv\/host\/open, which is root:root 0777/,
      );
      expect((await up(of("/srv/host/pipe"))).join()).toMatch(/is a fifo: declare a directory, a file or a socket/);
      expect(await host.must(`ls -A ${root}`)).toBe("");
    });

    const lent = {
      "srv/data": { type: "bind", source: "/srv/host/bob/deep/data", untrustedSource: "bob publishes it", reason },
    } as const;
    const home = "mkdir -p bob/deep/data outside; echo page >bob/deep/data/page; chown -R bob:bob bob";
    const kept =
      "other users than root decide its contents, and can give the daemon a way out of the jail through a socket there";

    test("from a user's own directory takes a reason, which names the risk, and shows what the path itself names", async () => {
      await fresh(home);
      const { untrustedSource: _, ...unsaid } = lent["srv/data"];
      expect((await up({ "srv/data": unsaid })).join()).toMatch(
        /is below \/srv\/host\/bob, which is bob:bob 0755: users other than root/,
      );
      expect(await host.must(`ls -A ${root}`)).toBe("");
      const preview = (await program(lent).assess()).plan.differences.find(({ mount }) => mount !== undefined);
      expect(preview?.reason).toBe(`${reason}; ${kept}: bob publishes it`);
      expect(await up(lent)).toStrictEqual([]);
      expect(await host.must(`cat ${root}/srv/data/page`)).toBe("page\n");
      expect((await mounted()).join()).toMatch(/bob\/deep\/data \/srv\/jail\/srv\/data ro,nosuid,nodev,noexec/);
      expect(await differences(lent)).toStrictEqual({});
      // A host that starts would follow links.
      expect(await host.must("cat /etc/fstab")).toBe("# mine\n");
      const { gaps } = (await program(lent).assess()).observation;
      expect(gaps.map(hostLimitText).filter((text) => text.includes("srv/data"))).toStrictEqual([
        "srv/data is gone after a restart of the host, until pulumi up mounts it again",
      ]);
      await host.must(`mount -o remount,bind,rw,suid /srv/host/bob/deep/data ${root}/srv/data`);
      expect(Object.keys(await differences(lent))).toStrictEqual(["srv/data"]);
      expect(await up(lent)).toStrictEqual([]);
      expect(await up({})).toStrictEqual([]);
      expect(await mounted()).toStrictEqual([]);
    });

    for (const [what, swap] of Object.entries({
      "the source": "mv data old && ln -s /srv/host/outside data",
      "a directory on the way":
        "cd .. && mv deep old && mkdir -p /srv/host/outside/data && ln -s /srv/host/outside deep",
    }))
      test(`from a user's own directory follows no link that the user makes of ${what} meanwhile`, async () => {
        await fresh(home);
        const script = `[ "$2" != bind ] || { cd /srv/host/bob/deep && ${swap}; }`;
        const errors = await during(host, "mount", script, () => up(lent));
        expect(errors.join()).toMatch(/srv\/data: .*bob\/deep\/data leads to another file: a link is on the way/);
        expect(await mounted()).toStrictEqual([]);
        expect(await host.must("grep -c pulumi-chroot /proc/self/mountinfo || :")).toBe("0\n");
        expect((await up(lent)).join()).toMatch(
          what === "the source" ? /is no directory of the host/ : /leads to another file/,
        );
        await host.must(
          "cd /srv/host/bob; rm -rf data deep/data; mv old/data . 2>/dev/null || mv deep/old data; rm -rf deep; mkdir deep; mv data deep",
        );
        expect(await up(lent)).toStrictEqual([]);
        expect(await differences(lent)).toStrictEqual({});
      });

    test("from a user's own directory keeps nothing else from being repaired, whatever the user makes of it", async () => {
      await fresh(`${home}; chmod 0777 ${root}`);
      for (const script of ["rm -r data", "echo x >data", "rm data; ln -s /etc data", "rm data; mkfifo data"]) {
        await host.must(`cd /srv/host/bob/deep; ${script}; chmod 0777 ${root}`);
        const { observation, plan } = await program(lent).assess();
        expect(refusalTexts(plan)).toStrictEqual([]);
        expect(observation.gaps.map(hostLimitText).join()).toMatch(
          script === "echo x >data" ? /srv\/data is gone/ : /nothing can be mounted at srv\/data: its source .*/,
        );
        assert.equal((await up(lent)).length, 1, script);
        assert.equal(await host.must(`stat -c %a ${root}; stat -c %F ${root}/srv/data`), "750\ndirectory\n", script);
        expect(await mounted()).toStrictEqual([]);
      }
    });

    const proc = { proc: { type: "proc", allowDangerous: "nothing else runs as www", reason } } as const;
    const tight = `proc hidepid=ptraceable,subset=pid ${limits}`;

    test("of proc tells of the daemon's own processes alone, and is drift with any other option", async () => {
      await fresh();
      const preview = (await program(proc).assess()).plan.differences.find(({ mount }) => mount !== undefined);
      expect(preview?.reason).toBe(
        `${reason}; allowed although through /proc/PID/root or cwd of a process outside with its user the daemon leaves the jail: nothing else runs as www`,
      );
      expect((await differences(proc))["proc"]).toStrictEqual(`not mounted => ${tight}`);
      expect(await up(proc)).toStrictEqual([]);
      const seen = async () => (await mounted()).map((line) => line.replace(/^(\S+ ){3}/, ""));
      const asDeclared = [
        "/ /srv/jail/proc ro,nosuid,nodev,noexec,relatime - proc proc ro,hidepid=ptraceable,subset=pid",
      ];
      expect(await seen()).toStrictEqual(asDeclared);
      expect(await differences(proc)).toStrictEqual({});
      assert.equal(await host.must(`ls ${root}/proc | grep -c '^[a-z]' || :`), "2\n", "self and thread-self");

      const at = `${root}/proc`;
      const tampered = {
        [`mount -o remount,bind,rw,exec,suid proc ${at}`]: "proc hidepid=ptraceable,subset=pid no limits",
        [`mount -o remount,rw proc ${at}`]: "proc hidepid=ptraceable,subset=pid n",
        [`mount -o remount,hidepid=off proc ${at}`]: "proc hidepid=off,subset=pid ",
        [`mount -o remount,gid=1033 proc ${at}`]: "proc hidepid=ptraceable,subset=pid,gid=1033 ",
        [`umount ${at}; mount -o bind /proc ${at}`]: "proc hidepid=off",
        [`umount ${at}; mount -t proc proc ${at}`]: "proc hidepid=off",
        [`umount ${at}; mount -t tmpfs tmpfs ${at}`]: "tmpfs",
        [`umount ${at}`]: "not mounted",
      };
      for (const [script, live] of Object.entries(tampered)) {
        await host.must(script);
        const { proc: text = "", ...others } = await differences(proc);
        assert.ok(text.startsWith(live) && text.endsWith(` => ${tight}`), `${script}: ${text}`);
        assert.deepEqual(others, {}, script);
        assert.deepEqual(await up(proc), [], script);
        assert.deepEqual(await seen(), asDeclared, script);
        assert.deepEqual(await differences(proc), {}, script);
      }
      await unmount();
      await host.must("mount -a");
      assert.deepEqual(await seen(), asDeclared, "the host mounts it when it starts");
      const whole = { proc: { ...proc.proc, subset: "all", hidepid: "invisible", readOnly: false } } as const;
      expect((await differences(whole))["proc"]).toBe(`${tight} => proc hidepid=invisible nosuid,nodev,noexec`);
      expect(await up(whole)).toStrictEqual([]);
      expect(await differences(whole)).toStrictEqual({});
      const removed = program(whole, { onDelete: "removeCreated" });
      expect(await removed.up()).toSucceed();
      await removed.forget("jail");
      expect(await host.must(`ls -A ${root}; cat /etc/fstab; grep -c . /proc/1/status >/dev/null`)).toBe("# mine\n");
    });

    test("of proc is refused where its options would be those of the host's own /proc", async () => {
      await fresh("echo 4.18.0-553.el8.x86_64 >release; mount -o bind release /proc/sys/kernel/osrelease");
      try {
        expect((await up(proc)).join()).toMatch(
          /nothing is mounted at proc: the host has Linux 4\.18\.0-553\.el8\.x86_64, and before 5\.8/,
        );
        expect(await host.must(`ls -A ${root}`)).toBe("");
      } finally {
        await host.must("umount /proc/sys/kernel/osrelease");
      }
    });

    if (flavour === "gnu")
      test("of a file has a unit of systemd that makes nothing where the file is missing", async () => {
        await fresh("echo one >conf");
        await host.must("mkdir -p /run/systemd/system /etc/systemd/system");
        await host.replace("/usr/bin/systemctl", () => "#!/bin/sh\n:\n");
        try {
          expect(await up(conf)).toStrictEqual([]);
          expect(await host.must("cat /etc/systemd/system/srv-jail-etc-conf.mount")).toMatch(
            /\nConditionPathExists=\/srv\/host\/conf\n(?:.*\n)*What=\/srv\/host\/conf\nWhere=\/srv\/jail\/etc\/conf\n/,
          );
          expect(await differences(conf)).toStrictEqual({});
          expect(await up({})).toStrictEqual([]);
          expect(await host.must("find /etc/systemd/system -name '*conf*'")).toBe("");
        } finally {
          await host.restore("/usr/bin/systemctl");
          await host.must("rm -r /run/systemd /etc/systemd");
        }
      });
  });

import { afterEach, describe, expect, test } from "@jest/globals";
import { type Driven, driftOf, drive, errorsOf, type JailPart } from "../../support/driven";
import { during } from "../../support/during";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const data = { type: "bind", source: "/srv/data", reason: "pages that others publish" } as const;
const run = { type: "tmpfs", size: "64k", owner: "www", group: "www", mode: "0750", reason: "a PID file" } as const;

for (const flavour of ["gnu", "busybox"] as const)
  describe(`mounts on a ${flavour} host`, () => {
    const root = "/srv/a jail";
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const mounts = { "var/data": data, run };
    const program = (jail: JailPart = { mounts }): Driven => drive(siteOn(host, root), jail);
    const differences = (driven = program()) => driftOf(driven);
    const mounted = async () =>
      (await host.must("cat /proc/self/mountinfo"))
        .split("\n")
        .filter((line) => line.includes("/srv/a\\040jail/"))
        .map((line) => line.split(" "))
        .map(([, , , top, point, options, ...more]) => {
          const [type, , superOptions] = more.slice(more.indexOf("-") + 1);
          return `${type === "tmpfs" && top === "/" ? `tmpfs ${superOptions}` : top?.replace(/^.*(?=\/srv)/, "")} on ${point?.slice(15)} ${options}`;
        })
        .sort();
    const limits = "nosuid,nodev,noexec,relatime";
    const asDeclared = [
      `/srv/data on var/data ro,${limits}`,
      `tmpfs rw,size=64k,mode=750,uid=1033,gid=1033 on run rw,${limits}`,
    ];
    const unmount = () =>
      host.must(
        `while read -r _ _ _ _ point _; do case $point in /srv/a*) umount -l "/srv/a jail/\${point#*/*/*/}";; esac; done </proc/self/mountinfo`,
      );
    const fresh = async () => {
      await unmount();
      await host.must(`rm -rf '${root}' /srv/data; mkdir -p '${root}' /srv/data/deep; echo page >/srv/data/page
        chmod 0666 /srv/data/page; chmod 0777 /srv/data/deep; : >/etc/fstab; chmod 0600 /etc/fstab; echo '# mine' >/etc/fstab`);
    };
    afterEach(unmount);

    test("show what is declared, with its limits, and are left alone then", async () => {
      await fresh();
      expect(await differences()).toStrictEqual({
        ".": "root:root 0755 => root:www 0750",
        "/etc/fstab": "without lines of this jail => with 2 lines of this jail",
        run: "not mounted => tmpfs 64k www:www 0750 nosuid,nodev,noexec",
        var: "absent => root:www 0750 directory",
        "var/data": "not mounted => bind /srv/data ro,nosuid,nodev,noexec",
      });
      expect(await program().up()).toSucceed();
      expect(await mounted()).toStrictEqual(asDeclared);
      expect(await host.must(`cat '${root}/var/data/page'`)).toBe("page\n");
      expect(await differences()).toStrictEqual({});
      const before = await host.must("cat /proc/self/mountinfo; stat -c %Z /etc/fstab");
      expect(await program().up()).toSucceed();
      expect(await host.must("cat /proc/self/mountinfo; stat -c %Z /etc/fstab")).toBe(before);
      // The tree below the mount point is another tree: the jail does not change it.
      expect(await host.must("stat -c %a /srv/data/page /srv/data/deep")).toBe("666\n777\n");
    });

    test("that are others, or have other limits, are put right", async () => {
      await fresh();
      expect(await program().up()).toSucceed();
      await host.must(
        `cd '${root}'; mount -o remount,bind,rw,suid /srv/data var/data; mount -o remount,size=128k,exec tmpfs run`,
      );
      expect(await differences()).toStrictEqual({
        run: "tmpfs 128k 1033:1033 0750 no limits => tmpfs 64k www:www 0750 nosuid,nodev,noexec",
        "var/data": "bind /srv/data no limits => bind /srv/data ro,nosuid,nodev,noexec",
      });
      expect(await program().up()).toSucceed();
      expect(await mounted()).toStrictEqual(asDeclared);
      await host.must(`cd '${root}'; umount var/data run; mkdir -p /srv/other; mount -o bind /srv/other var/data
        mount -t tmpfs -o size=64k,mode=0777 tmpfs run`);
      expect((await differences())["var/data"] ?? "").toMatch(/^\S+ \S+\[.*\/srv\/other\] no limits => bind/);
      expect((await differences())["run"] ?? "").toMatch(/^tmpfs 64k 0:0 0777 no limits => tmpfs 64k www:www 0750/);
      expect(await program().up()).toSucceed();
      expect(await mounted()).toStrictEqual(asDeclared);
      expect(await differences()).toStrictEqual({});
    });

    test("that everybody may write in have the sticky bit, and are drift without it", async () => {
      await fresh();
      const open = { tmp: { type: "tmpfs", size: "64k", mode: "1777", reason: "scratch files" } } as const;
      expect(await program({ mounts: open }).up()).toSucceed();
      const declared = await mounted();
      expect(await host.must(`stat -c '%u:%g %a' '${root}/tmp'`)).toBe("0:0 1777\n");
      expect(await differences(program({ mounts: open }))).toStrictEqual({});
      await host.must(`umount '${root}/tmp'; mount -t tmpfs -o size=64k,mode=0777 tmpfs '${root}/tmp'`);
      expect(await differences(program({ mounts: open }))).toStrictEqual({
        tmp: "tmpfs 64k 0:0 0777 no limits => tmpfs 64k root:root 1777 nosuid,nodev,noexec",
      });
      expect(await program({ mounts: open }).up()).toSucceed();
      expect(await mounted()).toStrictEqual(declared);
    });

    test("that are in use cannot be changed, which is said by name, and the next run finishes", async () => {
      await fresh();
      const writable = { mounts: { ...mounts, "var/data": { ...data, readOnly: false } } };
      expect(await program(writable).up()).toSucceed();
      await host.must(`(exec sleep 60 >>'${root}/var/data/page' 2>/dev/null & echo $! >/srv/pid) </dev/null`);
      const [{ error } = {}] = await program().up();
      expect(error?.message ?? "").toMatch(
        /var\/data: is bind \/srv\/data .*nodev.* declared bind \/srv\/data ro,.*busy/s,
      );
      await host.must('kill "$(cat /srv/pid)"');
      expect(await program().up()).toSucceed();
      expect(await differences()).toStrictEqual({});
    });

    test("come back when the host starts, and what is missing then is drift", async () => {
      await fresh();
      expect(await program().up()).toSucceed();
      await unmount();
      expect(Object.keys(await differences()).sort()).toStrictEqual(["run", "var/data"]);
      expect(await host.must("cat /etc/fstab")).toMatch(
        /^# mine\n# pulumi-chroot: a_jail-.*\n# pages that others publish\n/,
      );
      expect(await host.must("stat -c %a /etc/fstab")).toBe("600\n");
      await host.must("mount -a");
      // BusyBox would mount a bind of fstab for writing: it waits for us there, and that is said.
      const [bind = "", tmpfs = ""] = asDeclared;
      expect(await mounted()).toStrictEqual((flavour === "gnu" ? [bind, tmpfs] : [tmpfs]).sort());
      const { observation } = await program().assess();
      expect(observation.gaps.some(({ problem }) => problem === "fstab-bind-unmounted")).toBe(flavour === "busybox");
      expect(await program().up()).toSucceed();
      expect(await differences()).toStrictEqual({});
    });

    test("that are declared no more leave no directory where what is undeclared is pruned", async () => {
      await fresh();
      const pruned = { undeclared: "prune" } as const;
      expect(await program({ mounts, ...pruned }).up()).toSucceed();
      const less = program({ mounts: { run }, ...pruned });
      expect(await less.up()).toSucceed();
      expect(await differences(program({ mounts: { run }, ...pruned }))).toStrictEqual({});
      expect(await host.must(`cd '${root}'; ls; ls /srv/data`)).toBe("run\ndeep\npage\n");
    });

    test("are told of where there is no fstab to write them in", async () => {
      await fresh();
      await host.must("rm /etc/fstab");
      expect(errorsOf(await program().up()).join()).toMatch(
        /; \/etc\/fstab: there is none, or it is a link: make it, it may be empty\ncorrect that, then/,
      );
      expect(await mounted()).toStrictEqual(asDeclared);
    });

    test("that are declared no more are unmounted, and come back no more", async () => {
      await fresh();
      expect(await program().up()).toSucceed();
      const less = program({ mounts: { "var/data": data } });
      expect(await differences(less)).toStrictEqual({
        "/etc/fstab": "with 2 lines of this jail => with 1 line of this jail",
        run: "tmpfs 64k 1033:1033 0750 nosuid,nodev,noexec => not mounted",
      });
      expect(await less.up()).toSucceed();
      expect(await mounted()).toStrictEqual(asDeclared.slice(0, 1));
      expect(await program({}).up()).toSucceed();
      expect(await mounted()).toStrictEqual([]);
      expect(await host.must("cat /etc/fstab")).toBe("# mine\n");
      // A mount that this jail did not make is left alone.
      await host.must(`mount -t tmpfs tmpfs '${root}/run'`);
      expect(await differences(program({}))).toStrictEqual({});
    });

    if (flavour === "gnu")
      test("have units where systemd starts the host", async () => {
        await fresh();
        await host.must(
          "mkdir -p /run/systemd/system; rm -rf /etc/systemd/system; mkdir -p /etc/systemd/system /etc/tmpfiles.d",
        );
        await host.replace("/usr/bin/systemctl", () => "#!/bin/sh\necho $* >>/run/systemctl\n");
        try {
          expect(await program().up()).toSucceed();
          expect(await mounted()).toStrictEqual(asDeclared);
          expect(await host.must("cat /etc/fstab")).toBe("# mine\n");
          const [unit, link] = ["/etc/systemd/system/srv-a\\x20jail-var-data.mount", "local-fs.target.wants"];
          expect(await host.must(`cat '${unit}'`)).toMatch(
            /\nWhere=\/srv\/a jail\/var\/data\nType=none\nOptions=bind,ro,nosuid,nodev,noexec\n/,
          );
          expect(await host.must(`ls /etc/systemd/system/${link}`)).toBe(
            "srv-a\\x20jail-run.mount\nsrv-a\\x20jail-var-data.mount\n",
          );
          expect(await host.must("cat /run/systemctl")).toBe("daemon-reload\n");
          expect(await differences()).toStrictEqual({});
          expect(await program({ mounts: { "var/data": data } }).up()).toSucceed();
          expect(await host.must("find /etc/systemd/system -name '*run*'")).toBe("");
          const removed = program({ mounts, onDelete: "removeCreated" });
          expect(await removed.up()).toSucceed();
          await host.must(": >/run/systemctl");
          await removed.forget("jail");
          expect(await mounted()).toStrictEqual([]);
          expect(await host.must("find /etc/systemd/system -name '*.mount'")).toBe("");
          expect(await host.must("cat /run/systemctl")).toBe("daemon-reload\n");
        } finally {
          await host.restore("/usr/bin/systemctl");
          await host.must("rm -r /run/systemd /etc/tmpfiles.d");
        }
      });

    if (flavour === "gnu")
      test("are told to systemd when all of them are as declared", async () => {
        await fresh();
        await host.must(
          "mkdir -p /run/systemd/system /srv/other; rm -rf /etc/systemd/system /run/systemctl; mkdir -p /etc/systemd/system",
        );
        const units = "$(ls /etc/systemd/system | grep -c mount$)";
        const others = "$(grep -c /srv/other /proc/self/mountinfo)";
        await host.replace("/usr/bin/systemctl", () => `#!/bin/sh\necho "$* ${units} ${others}" >>/run/systemctl\n`);
        try {
          const more = { ...mounts, "var/one": run, "var/two": run };
          expect(await program({ mounts: more }).up()).toSucceed();
          await host.must(`cd '${root}'; umount var/data; mount -o bind /srv/other var/data`);
          expect(await program().up()).toSucceed();
          expect(await mounted()).toStrictEqual(asDeclared);
          expect(await host.must("cat /run/systemctl")).toBe("daemon-reload 4 0\ndaemon-reload 2 0\n");
        } finally {
          await host.restore("/usr/bin/systemctl");
          await host.must("rm -r /run/systemd");
        }
      });

    if (flavour === "gnu")
      test("are not there as long as what was closed is not open again", async () => {
        await fresh();
        const writable = { "var/log": "the daemon's log" };
        expect(await program({ writable }).up()).toSucceed();
        await host.must(`cd '${root}/var/log'; : >tool; chown www tool; chmod 4755 tool`);
        await host.replace(
          "/usr/bin/chown",
          (chown) =>
            `#!/bin/sh\ncase "$*" in "-h 0 "*) ;; *" -- .//var/log") echo no >&2; exit 1 ;; esac\nexec ${chown} "$@"\n`,
        );
        try {
          const [error] = errorsOf(await program({ writable, mounts }).up());
          expect(error ?? "").toMatch(/cannot open the daemon's directories again: .*: no/);
          expect(await mounted()).toStrictEqual([]);
        } finally {
          await host.restore("/usr/bin/chown");
        }
        expect(await program({ writable, mounts }).up()).toSucceed();
        expect(await mounted()).toStrictEqual(asDeclared);
        expect(await differences(program({ writable, mounts }))).toStrictEqual({});
      });

    test("that would lead an attacker or us elsewhere are refused before anything is touched", async () => {
      const cases: [string, JailPart, RegExp][] = [
        ["rm -r /srv/data", { mounts }, /its source \/srv\/data is not there: make it on the host/],
        [
          "rm -r /srv/data; ln -s /srv/other /srv/data",
          { mounts },
          /its source \/srv\/data is a link: declare the path that it points to/,
        ],
        [
          "rm -r /srv/data; mkfifo /srv/data",
          { mounts },
          /its source \/srv\/data is a fifo: declare a directory, a file or a socket/,
        ],
        [
          "mkdir -m 0777 /srv/open; mkdir -p /srv/open/data",
          { mounts: { a: { ...data, source: "/srv/open/data" } } },
          /is below \/srv\/open, which is root:root 0777/,
        ],
        [
          ":",
          { mounts: { a: { ...data, source: `${root}/etc` } } },
          /\/etc is in the jail: bind a directory beside the jail/,
        ],
        [":", { mounts: { a: { ...data, source: "/srv" } } }, /its source \/srv has the jail itself in it/],
        [":", { mounts: { "up/a": data }, writable: { up: "uploads" } }, /up above it is declared as writable/],
        [":", { mounts: { up: data }, writable: { up: "uploads" } }, /it is declared as writable, too/],
        [":", { mounts: { up: data }, directories: { "up/b": "b" } }, /up\/b is declared below it/],
        [
          `mkdir '${root}/hot'`,
          {
            mounts: { "hot/a": data },
            baseline: { owner: "www", group: "www", fileMode: "0640", directoryMode: "0750" },
          },
          /users other than root may write in \./,
        ],
      ];
      for (const [script, jail, why] of cases) {
        await fresh();
        await host.must(`umask 022; rm -rf /srv/open; ${script}`);
        const before = await host.must(
          `find '${root}' -printf '%p %C@\n' 2>/dev/null || find '${root}'; cat /etc/fstab`,
        );
        expect(errorsOf(await program(jail).up()).join()).toMatch(why);
        expect(await host.must(`find '${root}' -printf '%p %C@\n' 2>/dev/null || find '${root}'; cat /etc/fstab`)).toBe(
          before,
        );
        expect(await mounted()).toStrictEqual([]);
      }
    });

    test("are not where a daemon has put a link on the way in the meantime", async () => {
      await fresh();
      await host.must(
        `mkdir -p '${root}/var/data' '${root}/run' /srv/elsewhere/data; chown root:www '${root}'; chmod 0750 '${root}'`,
      );
      const swap = `cd '${root}' && mv var old && ln -s /srv/elsewhere var`;
      const said = await during(host, "mount", `[ "$1" = --version ] || { ${swap}; }`, async () =>
        errorsOf(await program().up()).join(),
      );
      expect(said).toMatch(/var/);
      expect(await host.must("grep -c elsewhere /proc/self/mountinfo || :")).toStrictEqual("0\n");
    });
  });

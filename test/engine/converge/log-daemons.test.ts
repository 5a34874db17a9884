import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { drive } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { logScene, own, reason } from "../../support/log-scene";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

/** As Debian's, with the socket of the host where no other host of this machine has it. */
const configuration = `module(load="imuxsock" SysSock.Name="/run/rsyslog-${own}")
$IncludeConfig /etc/rsyslog.d/*.conf
*.*;auth,authpriv.none -/var/log/syslog
`;

const initScript = `#!/bin/sh
echo restart >>/run/restarts
[ ! -f /run/rsyslogd.pid ] || { kill "$(cat /run/rsyslogd.pid)"; while [ -f /run/rsyslogd.pid ]; do sleep 0.02; done; }
exec rsyslogd -i /run/rsyslogd.pid
`;

describe("a log socket of rsyslog", () => {
  let host: LabHost;
  useHost({ accounts: account }, async (made) => {
    host = made;
    await host.must("mkdir -p /etc/init.d; cat >/etc/init.d/rsyslog; chmod 0755 /etc/init.d/rsyslog", {
      stdin: initScript,
    });
    await host.must("cat >/etc/rsyslog.conf", { stdin: configuration });
  });
  const { root, program, differences, up, refusals, log, found } = logScene(() => host, { from: "syslog", reason });
  const stop = () =>
    host.must(
      'pid=$(cat /run/rsyslogd.pid 2>/dev/null) || exit 0; kill "$pid"; while [ -f /run/rsyslogd.pid ]; do sleep 0.02; done',
    );
  const fresh = async () => {
    await stop();
    await host.must(
      `rm -rf '${root}' /var/lib/pulumi-chroot/* /var/log/syslog /etc/rsyslog.d /run/restarts; mkdir '${root}' /etc/rsyslog.d`,
    );
    await host.must("/etc/init.d/rsyslog");
  };
  const restarts = async () => (await host.must("wc -l </run/restarts")).trim();
  const inJail = (text: string) => found(text, "cat /var/log/syslog");
  const fragment = async () => (await host.must("echo /etc/rsyslog.d/*")).trim();

  test("is made in the jail by rsyslog, and again whenever that is started", async () => {
    await fresh();
    const before = await differences();
    const [place = ""] = Object.keys(before).filter((path) => path.startsWith("/etc/rsyslog.d/pulumi-chroot-"));
    expect(before).toStrictEqual({
      ".": "root:root 0755 => root:www 0750",
      dev: "absent => root:www 0750 directory",
      "dev/log": "absent => with rsyslog as its listener",
      [place]: before[place],
    });
    expect(await up()).toStrictEqual([]);
    expect(await restarts()).toBe("2");
    expect(await inJail("pulumi-chroot")).toMatch(/pulumi-chroot: [0-9a-f]{16}\n$/);
    log("from the jail");
    expect(await inJail("from the jail")).toMatch(/jailed: from the jail\n$/);
    expect(await host.must(`cat ${place}`)).toMatch(
      new RegExp(`# ${reason}\ninput\\(type="imuxsock" Socket="${root}/dev/log" CreatePath="off" RateLimit`),
    );
    host.resetCounts();
    expect(await differences()).toStrictEqual({});
    expect([host.connections() <= 1, host.commands()]).toStrictEqual([true, 1]);
    await host.must("/etc/init.d/rsyslog restart");
    expect(await differences()).toStrictEqual({});
    log("after a restart");
    expect(await inJail("after a restart")).toMatch(/jailed: after/);
    expect(await up()).toStrictEqual([]);
    expect(await restarts()).toBe("3");
  });

  test("that nobody listens at, or that rsyslog was told otherwise of, is repaired by a restart", async () => {
    await fresh();
    expect(await up()).toStrictEqual([]);
    await host.must('kill -9 "$(cat /run/rsyslogd.pid)"; rm /run/rsyslogd.pid');
    expect(await differences()).toStrictEqual({ "dev/log": "without a listener => with rsyslog as its listener" });
    expect(await up()).toStrictEqual([]);
    expect(await differences()).toStrictEqual({});
    await host.must(`echo '# somebody' >>${await fragment()}`);
    expect(Object.keys(await differences())).toStrictEqual([await fragment()]);
    const count = Number(await restarts());
    expect(await up()).toStrictEqual([]);
    expect(Number(await restarts())).toBe(count + 1);
    // If a run is cut between the file and the restart, the next preview finds no listener.
    await host.must(`echo '# somebody' >>${await fragment()}; mv /etc/init.d/rsyslog /etc/init.d/other`);
    expect((await up()).join()).toMatch(/no known way to restart rsyslog: restart it yourself/);
    expect(await differences()).toStrictEqual({ "dev/log": "absent => with rsyslog as its listener" });
    await host.must("mv /etc/init.d/other /etc/init.d/rsyslog");
    expect(await up()).toStrictEqual([]);
    // A person's own file at that path is kept.
    await stop();
    await host.must(`echo kept >'${root}/dev/log'`);
    expect((await differences())["dev/log"]).toBe("file => with rsyslog as its listener");
    expect(await up()).toStrictEqual([]);
    expect(await host.must(`cat '${root}'/.pulumi-chroot/*-0`)).toBe("kept\n");
    expect(await differences()).toStrictEqual({});
  });

  test("goes when it is declared no more, or with the jail", async () => {
    await fresh();
    const going = { onDelete: "removeCreated" } as const;
    expect(await up(program(going))).toStrictEqual([]);
    const place = await fragment();
    const none = () => drive(siteOn(host, root), going);
    expect(await differences(none())).toStrictEqual({ [place]: "rsyslog listens in the jail => absent" });
    expect(await up(none())).toStrictEqual([]);
    expect(await host.must(`ls -A /etc/rsyslog.d '${root}/dev'`)).toBe(`/etc/rsyslog.d:\n\n${root}/dev:\n`);
    expect(await differences(none())).toStrictEqual({});
    expect(await up(none())).toStrictEqual([]);
    expect(await host.must("grep -l relayed /var/lib/pulumi-chroot/*/*.json || :")).toBe("");
    expect(await up(program({ ...going, logSocket: { from: "syslog", path: "run/log", reason } }))).toStrictEqual([]);
    expect(await up(program(going))).toStrictEqual([]);
    expect(await host.must(`ls -A '${root}/run'; ls -A '${root}/dev'`)).toBe("log\n");
    await program(going).forget("jail");
    expect(await host.must(`ls -A /etc/rsyslog.d '${root}'`)).toBe(`/etc/rsyslog.d:\n\n${root}:\n`);
    expect(await host.must("cat /run/rsyslogd.pid")).toMatch(/^[0-9]+$/m);
  });

  test("gives way to one that is bound, and comes back", async () => {
    await fresh();
    const bound = () => program({ logSocket: { from: `/run/rsyslog-${own}`, reason } });
    for (const [name, make] of [
      ["made", program],
      ["bound", bound],
      ["made again", program],
    ] as const) {
      assert.deepEqual(await up(make()), [], name);
      assert.deepEqual(await differences(make()), {}, name);
      log(name);
      expect(await inJail(`jailed: ${name}`)).toMatch(/jailed/);
      expect((await host.must("ls -A /etc/rsyslog.d")) === "").toBe(name === "bound");
    }
  });

  test("is taken back where rsyslog refuses it, and refused where nobody could make it", async () => {
    await fresh();
    await host.must("echo 'nonsense(' >/etc/rsyslog.d/zz.conf");
    expect((await up()).join()).toMatch(/rsyslogd -N1 refuses its configuration: .*zz\.conf/);
    expect(await host.must("cd /etc/rsyslog.d; ls")).toBe("zz.conf\n");
    expect(await restarts()).toBe("1");
    await host.must("rm /etc/rsyslog.d/zz.conf");
    expect(await up()).toStrictEqual([]);
    expect(await differences()).toStrictEqual({});
    const long = "l".repeat(100);
    for (const [jail, why] of [
      [{ logSocket: { from: "syslog", path: `dev/${long}`, reason } }, /longer than the 107 bytes/],
      [{ writable: { dev: "a test" } }, /dev above it is declared as writable/],
    ] as const)
      expect(await refusals(program(jail))).toMatch(why);
  });
});

describe("a log socket of journald", () => {
  let host: LabHost;
  useHost({ accounts: account }, async (made) => {
    host = made;
    // Without systemd it makes its sockets itself.
    await host.must(
      "echo 0123456789abcdef0123456789abcdef >/etc/machine-id; mkdir -p /run/systemd/journal /run/log /sys/fs/cgroup; mount -t cgroup2 -o ro cgroup2 /sys/fs/cgroup",
    );
    await host.must("mkdir -p /run/systemd/system /etc/systemd/system /etc/tmpfiles.d");
    await host.replace("/usr/bin/systemctl", () => "#!/bin/sh\n");
    host.spawn(["/lib/systemd/systemd-journald"]);
    await host.must("until [ -S /run/systemd/journal/dev-log ]; do sleep 0.05; done");
  });
  const { root, program, differences, up, refusals, log, found } = logScene(() => host, { from: "journald", reason });

  test("is bound by a unit after journald's own, and a line comes out of the journal", async () => {
    await host.must(`mkdir '${root}'`);
    expect(await up()).toStrictEqual([]);
    log("from the jail");
    expect(await found("from the jail", "journalctl -q -o cat -t jailed")).toMatch(/^from the jail\n$/);
    host.resetCounts();
    expect(await differences()).toStrictEqual({});
    expect(host.commands()).toBe(1);
    expect((await program().assess()).observation.gaps.filter((limit) => "at" in limit)).toStrictEqual([]);
    expect(await host.must("cat /etc/systemd/system/*.mount")).toMatch(
      /Requires=systemd-journald-dev-log.socket\nAfter=systemd-journald-dev-log.socket\n(?:.*\n)*What=\/run\/systemd\/journal\/dev-log\n/,
    );
    await host.must("ln -s /run/systemd/journal/dev-log /dev/log");
    const link = program({ logSocket: { from: "/dev/log", reason } });
    expect(await refusals(link)).toMatch(/its source \/dev\/log is a link: declare from: "journald"/);
    const stream = program({ logSocket: { from: "/run/systemd/journal/stdout", reason } });
    expect(await refusals(stream)).toMatch(/\/run\/systemd\/journal\/stdout is no datagram socket/);
  });
});

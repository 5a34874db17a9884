import { beforeAll, describe, expect, test } from "@jest/globals";
import type * as chroot from "../../provider";
import { requireLab } from "../../scripts/lab/requirements";
import { assertWrapped, descriptors, jailed, lowPortsOnly, startDaemon, until } from "../support/daemon";
import { ok, shownDrift, useLab } from "../support/e2e";
import type { Stack } from "../support/stack";

const named = { uid: 1053, gid: 1053 };
const root = "/chroot/named";
// /usr of a lab host is the machine's, and read-only.
const launcher = "/etc/jails/named";

describe("named that is started in its jail, without -t and -u", () => {
  const lab = useLab({ accounts: { named } });
  let stack: Stack;

  const declare = (capabilities: Readonly<Record<string, string>>) =>
    stack.program<{ jail: object; wrapper: object; files: Readonly<Record<string, string>> }>(
      ({ Jail, JailFile, Wrapper }, { jail: args, wrapper, files }) => {
        const jail = new Jail("named", args as chroot.JailArgs);
        for (const [path, content] of Object.entries(files))
          new JailFile(path, { jail, path, content, reason: "named reads it" });
        new Wrapper("named", { jail, ...wrapper } as chroot.WrapperArgs);
      },
      {
        jail: {
          user: "named",
          group: "named",
          baseline: { owner: "root", group: "named", fileMode: "0640", directoryMode: "0750" },
          binaries: { "/usr/sbin/named": "the name server" },
          devices: { null: "named opens it when it starts, and keeps it open" },
          hostFiles: { localtime: "times in its log are the host's" },
          logSocket: { from: syslog, reason: "named tells syslog: without a socket nobody hears it" },
          writable: { "var/run": "PID file and session key", "var/cache": "named's working directory" },
          ...lab.jail(root),
        },
        wrapper: {
          path: launcher,
          command: ["/usr/sbin/named", "-f", "-c", "/etc/named.conf"],
          capabilities,
          reason: "it is never root, not even at its start",
        },
        files: { "etc/named.conf": configuration, "etc/example.zone": zone },
      },
    );

  beforeAll(async () => {
    requireLab(["named", "dig", "ip"]);
    stack = await lab.stack();
    await lab.host.must("mkdir -p /chroot /etc/jails; ln -s /usr/share/zoneinfo/Asia/Kolkata /etc/localtime");
    await lab.host.must(
      `ln -s ${syslog} /dev/log; busybox syslogd -O /var/log/messages; until [ -S ${syslog} ]; do sleep 0.05; done`,
    );
    // A network namespace of its own: port 53 is free there, and only root may use low ports, whatever the machine's settings are.
    lab.host.spawn(["unshare", "--net", "sh", "-c", `ip link set lo up; echo $$ >${network}; exec sleep 1000`]);
    await until("there is a network", async () => (await lab.host.sh(`test -s ${network}`)).code === 0);
  });

  const dig = async (name: string) => {
    const options = "+short +time=1 +tries=1";
    const { code, stdout } = await lab.host.sh(`${inNetwork} dig @127.0.0.1 ${options} ${name} A`);
    return code === 0 ? stdout.trim() : "";
  };
  const log = () => lab.host.must("cat /var/log/messages");
  const asks = async () => (await dig("www.example.test")) === "192.0.2.53";

  test("cannot listen on port 53 without the capability", async () => {
    declare({});
    ok(await stack.up());
    const daemon = lab.host.spawn(start);
    // It tells the host's log, and runs on.
    await until("it is refused", async () =>
      /interface lo, 127.0.0.1#53\n.*named\[\d+\]: .*interface lo failed; interface ignored/.test(await log()),
    );
    expect(await asks()).toBe(false);
    await lab.host.kill(daemon);
  });

  test("answers on port 53 with it, as its own user and with nothing else of root's", async () => {
    declare({ net_bind_service: "port 53" });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "named")?.[launcher] ?? "").toMatch(/^sha256:\S+ .*=> sha256:/);
    ok(await stack.up());
    await startDaemon(lab.host, start, asks);
    const [serving, ...more] = jailed(lab.host);
    expect(more).toStrictEqual([]);
    assertWrapped(serving, root, named, lowPortsOnly);
    const isNull = (target: string) => target.endsWith(`${root}/dev/null`);
    await until("it holds its null device", () => descriptors(serving?.pid ?? 0).some(isNull));
    expect(serving?.title ?? "").toMatch(/^\/usr\/sbin\/named -f/);
  });

  test("is as declared while it runs", async () => {
    await lab.host.must(`test -s ${root}/var/run/named.pid`);
    const preview = ok(await stack.preview("--expect-no-changes"));
    expect(preview).not.toMatch(/warning|process \d/);
  });
});

/** Where the host's syslog daemon listens: of all hosts of a machine the kernel has one list. */
const syslog = `/run/log-named-${process.pid}`;
/** The process that holds the network. */
const network = "/run/network";
const inNetwork = `nsenter --net=/proc/$(cat ${network})/ns/net --`;
const start = ["sh", "-c", `exec ${inNetwork} ${launcher}`];

const configuration = `options {
  directory "/var/cache"; pid-file "/var/run/named.pid"; session-keyfile "/var/run/session.key"; lock-file none;
  listen-on port 53 { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; notify no;
};
controls { };
zone "example.test" { type primary; file "/etc/example.zone"; };
`;

const zone = `$TTL 60
@ IN SOA ns hostmaster 1 1 1 3600 60
@ IN NS ns
ns IN A 127.0.0.1
www IN A 192.0.2.53
`;

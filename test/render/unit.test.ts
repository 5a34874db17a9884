import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { bytesOf } from "../../provider/model/bytes";
import type { Launch } from "../../provider/model/launch";
import { unitName } from "../../provider/model/mount";
import { mountUnit } from "../../provider/render/mount-unit";
import { serviceUnit } from "../../provider/render/unit";
import { type LabRoot, makeRoot } from "../../scripts/lab/root";
import { hostileReasons, launch, makeJail, oddArguments } from "./launches";

/**
 * Units as systemd itself reads them: no machine of these tests has systemd as its PID 1, so none is started. What the
 * settings do when they are is not proven here.
 */
describe("a unit", () => {
  let host: LabRoot;
  before(async () => {
    host = await makeRoot();
    makeJail(host);
    // "verify" looks for the program on the host.
    await host.must("ln -s chroot/named/daemon /daemon");
  });
  after(() => host.close());

  /** What systemd-analyze complains of, and what systemd has made of each setting. */
  async function read(more: Partial<Launch> = {}): Promise<{ complaints: string; settings: string[] }> {
    mkdirSync(host.path("/etc/systemd/system"), { recursive: true });
    writeFileSync(host.path("/etc/systemd/system/named-jail.service"), serviceUnit({ ...launch, ...more }));
    const verify = "systemd-analyze verify named-jail.service";
    const complaints = await host.must(`${verify} 2>&1`);
    const dump = await host.must(`SYSTEMD_LOG_LEVEL=debug ${verify}`);
    const [, own = ""] = /-> Unit named-jail\.service:\n(.*?)(?:-> Unit |$)/s.exec(dump) ?? [];
    return { complaints, settings: own.split("\n").map((line) => line.trim()) };
  }
  const valuesOf = (settings: readonly string[], name: string) =>
    settings.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 2));

  test("is read by systemd as it is declared, without a complaint", async () => {
    const { complaints, settings } = await read({
      groups: [5, 33],
      rootWriter: 7002,
      writable: ["var/run", "."],
      mounts: ["srv/www", "var/run"],
      limits: { nofile: 100, nproc: 50, core: 0, as: 1 << 28, fsize: 4097 },
      capabilities: { net_bind_service: "port 53", sys_time: "it sets the clock" },
    });
    assert.equal(complaints, "");
    for (const line of [
      "RequiresMountsFor: /chroot/named (origin-file)",
      "RequiresMountsFor: /chroot/named/srv/www (origin-file)",
      "RequiresMountsFor: /chroot/named/var/run (origin-file)",
      "RootDirectory: /chroot/named",
      "MountAPIVFS: no",
      "WorkingDirectory: /",
      "User: 7001",
      "Group: 7002",
      "SupplementaryGroups: 5 33",
      "UMask: 0027",
      "LimitNOFILE: 100",
      "LimitNPROC: 50",
      "LimitCORE: 0",
      `LimitAS: ${1 << 28}`,
      "LimitFSIZE: 4097",
      "CapabilityBoundingSet: cap_net_bind_service cap_sys_time",
      "AmbientCapabilities: cap_net_bind_service cap_sys_time",
      "ProtectClock: no",
      "ProtectKernelLogs: yes",
      "ReadWritePaths: +/var/run +/",
      "Command Line: /daemon wait",
      "Environment: PATH=/usr/bin:/bin",
      "Environment: LANG=C.UTF-8",
      "UnsetEnvironment: HOME",
    ])
      assert.ok(settings.includes(line), line);
    assert.match(valuesOf(settings, "SystemCallFilter").join(), /\bclock_settime\b/);
  });

  test("keeps nothing that is not declared", async () => {
    const { complaints, settings } = await read({ environment: { HOME: "/" } });
    assert.equal(complaints, "");
    assert.deepEqual(valuesOf(settings, "AmbientCapabilities"), []);
    assert.deepEqual(valuesOf(settings, "SupplementaryGroups"), []);
    assert.deepEqual(valuesOf(settings, "Environment"), ["HOME=/"]);
    assert.ok(!settings.includes("UnsetEnvironment: HOME"));
    assert.match(valuesOf(settings, "CapabilityBoundingSet").join(), /^$/);
    const calls = valuesOf(settings, "SystemCallFilter").join();
    assert.match(calls, /\baccept4?\b/);
    assert.doesNotMatch(calls, /\b(chroot|mount|setuid32|ptrace|clock_settime|setrlimit)\b/);
  });

  test("has arguments and environment that come as they are", async () => {
    const X = oddArguments.join("");
    const { complaints, settings } = await read({ command: ["/daemon", ...oddArguments], environment: { X } });
    assert.equal(complaints, "");
    const [line = ""] = valuesOf(settings, "Command Line");
    // systemd puts in variables when it starts the program: "$$" is one "$".
    assert.deepEqual(
      wordsOf(line).map((word) => word.replaceAll("$$", "$")),
      ["/daemon", ...oddArguments],
    );
    assert.ok(valuesOf(settings, "Environment").includes(`X=${X}`.split("\n")[0] ?? ""));
  });

  test("says why in comments, whatever is in a reason", async () => {
    const settingsOf = (text: string) =>
      serviceUnit({ ...launch, reason: text, capabilities: { net_raw: text } })
        .split("\n")
        .filter((line) => !line.startsWith("#"));
    for (const reason of hostileReasons) {
      assert.deepEqual(settingsOf(reason), settingsOf("why"));
      const { complaints, settings } = await read({ reason, label: reason });
      assert.equal(complaints, "");
      assert.ok(settings.includes("User: 7001"));
      assert.deepEqual(valuesOf(settings, "Command Line"), ["/daemon wait"]);
      assert.match(valuesOf(settings, "Description").join(), / \(in a chroot jail\)$/);
    }
  });

  test("of a mount is read by systemd as it is declared, and the daemon waits for it", async () => {
    await host.must("mkdir -p /etc/systemd/system");
    const by = { label: "Jail::named" };
    const ids = new Map([["named", 7002]]);
    const principals = { uids: ids, gids: ids, primary: ids, users: new Map(), groups: new Map() };
    const [data, run] = [
      { type: "bind", source: bytesOf("/srv/50% off"), readOnly: true, exec: false } as const,
      { type: "tmpfs", size: 64, owner: "root", group: "named", mode: 0o770, exec: false } as const,
    ];
    for (const [at, is, settings] of [
      ["srv/www", data, ["What: /srv/50% off", "Options: bind,ro,nosuid,nodev,noexec", "Where: /chroot/named/srv/www"]],
      ["run", run, ["What: tmpfs", "Options: size=64k,mode=0770,uid=0,gid=7002,nosuid,nodev,noexec"]],
    ] as const) {
      const name = unitName(launch.root, bytesOf(at));
      const text = mountUnit({ by, reason: hostileReasons.join(), at: bytesOf(at), is }, launch.root, principals);
      writeFileSync(host.path(`/etc/systemd/system/${name}`), text);
      writeFileSync(host.path("/etc/systemd/system/named-jail.service"), serviceUnit({ ...launch, mounts: [at] }));
      const dump = await host.must(`SYSTEMD_LOG_LEVEL=debug systemd-analyze verify named-jail.service ${name}`);
      for (const one of [...settings, `Requires: ${name} (origin-path)`, `After: ${name} (origin-path)`])
        assert.ok(dump.includes(`\t${one}\n`), one);
    }
  });

  test("is as tight as systemd knows", async () => {
    const exposure = async (more: Partial<Launch>) => {
      await read(more);
      const text = await host.must("systemd-analyze security --offline=true --no-pager named-jail.service");
      return Number(/Overall exposure level for named-jail\.service: ([0-9.]+)/.exec(text)?.[1]);
    };
    const plain = await exposure({});
    assert.ok(plain <= 1.6, `${plain}`);
    const kept = await exposure({ capabilities: { net_bind_service: "port 53" }, groups: [5], writable: ["var/run"] });
    assert.ok(kept <= 2 && kept > plain, `${kept}`);
  });
});

/** The words of a command line as systemd prints it. */
function wordsOf(line: string): string[] {
  const letters: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|([^ ]+)/g)].map(([, quoted, bare = ""]) => {
    if (quoted === undefined) return bare;
    const bytes = Buffer.from(quoted).toString("latin1");
    const read = bytes.replace(/\\([0-7]{3}|.)/g, (_, one: string) =>
      one.length === 3 ? String.fromCharCode(Number.parseInt(one, 8)) : (letters[one] ?? one),
    );
    return Buffer.from(read, "latin1").toString();
  });
}

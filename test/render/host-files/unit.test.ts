import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { bytesOf } from "../../../provider/model/bytes";
import type { Launch } from "../../../provider/model/launch";
import { mountUnitName } from "../../../provider/model/mount";
import { mountUnit } from "../../../provider/render/host-files/mount-unit";
import { serviceUnit } from "../../../provider/render/host-files/unit";
import { type LabRoot, makeRoot } from "../../../scripts/lab/root";
import { hostileReasons, launch, makeJail, oddArguments } from "../launches";

/**
 * Units as systemd itself reads them. No machine of these tests has systemd as its PID 1, so no unit is started, and the
 * effect of the settings is not proven here.
 */
describe("a unit", () => {
  let host: LabRoot;
  beforeAll(async () => {
    host = await makeRoot();
    makeJail(host);
    // "verify" looks for the program on the host.
    await host.must("ln -s chroot/named/daemon /daemon");
  });
  afterAll(() => host.close());

  /** The complaints of systemd-analyze, and the value that systemd gives each setting. */
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
    expect(complaints).toBe("");
    for (const line of [
      "RequiresMountsFor: /chroot/named (origin-file)",
      "RequiresMountsFor: /chroot/named/srv/www (origin-file)",
      "RequiresMountsFor: /chroot/named/var/run (origin-file)",
      "AssertPathIsMountPoint: /chroot/named/srv/www untested",
      "AssertPathIsMountPoint: /chroot/named/var/run untested",
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
    expect(valuesOf(settings, "SystemCallFilter").join()).toMatch(/\bclock_settime\b/);
  });

  test("keeps nothing that is not declared", async () => {
    const { complaints, settings } = await read({ environment: { HOME: "/" } });
    expect(complaints).toBe("");
    expect(valuesOf(settings, "AmbientCapabilities")).toStrictEqual([]);
    expect(valuesOf(settings, "SupplementaryGroups")).toStrictEqual([]);
    expect(valuesOf(settings, "Environment")).toStrictEqual(["HOME=/"]);
    expect(settings).not.toContain("UnsetEnvironment: HOME");
    expect(valuesOf(settings, "CapabilityBoundingSet").join()).toMatch(/^$/);
    const calls = valuesOf(settings, "SystemCallFilter").join();
    expect(calls).toMatch(/\baccept4?\b/);
    expect(calls).not.toMatch(/\b(chroot|mount|setuid32|ptrace|clock_settime|setrlimit)\b/);
  });

  test("has arguments and environment that come as they are", async () => {
    const X = oddArguments.join("");
    const { complaints, settings } = await read({ command: ["/daemon", ...oddArguments], environment: { X } });
    expect(complaints).toBe("");
    const [line = ""] = valuesOf(settings, "Command Line");
    // systemd puts in variables when it starts the program: "$$" is one "$".
    expect(wordsOf(line).map((word) => word.replaceAll("$$", "$"))).toStrictEqual(["/daemon", ...oddArguments]);
    expect(valuesOf(settings, "Environment")).toContain(`X=${X}`.split("\n")[0] ?? "");
  });

  test("says why in comments, whatever is in a reason", async () => {
    const settingsOf = (text: string) =>
      serviceUnit({ ...launch, reason: text, capabilities: { net_raw: text } })
        .split("\n")
        .filter((line) => !line.startsWith("#"));
    for (const reason of hostileReasons) {
      expect(settingsOf(reason)).toStrictEqual(settingsOf("why"));
      const { complaints, settings } = await read({ reason, label: reason });
      expect(complaints).toBe("");
      expect(settings).toContain("User: 7001");
      expect(valuesOf(settings, "Command Line")).toStrictEqual(["/daemon wait"]);
      expect(valuesOf(settings, "Description").join()).toMatch(/ \(in a chroot jail\)$/);
    }
  });

  test("of a mount is read by systemd as it is declared, and the daemon waits for it", async () => {
    await host.must("mkdir -p /etc/systemd/system");
    const by = { label: "Jail::named" };
    const ids = new Map([["named", 7002]]);
    const principals = { uids: ids, gids: ids, primary: ids, users: new Map(), groups: new Map() };
    const [data, file, proc, run] = [
      { type: "bind", source: bytesOf("/srv/50% off"), readOnly: true, exec: false } as const,
      { type: "bind", shows: "file", source: bytesOf("/srv/50% off/x y"), readOnly: true, exec: false } as const,
      { type: "proc", readOnly: true, hidepid: "ptraceable", subset: "pid" } as const,
      { type: "tmpfs", size: 64, owner: "root", group: "named", mode: 0o770, exec: false } as const,
    ];
    for (const [at, is, settings] of [
      ["srv/www", data, ["What: /srv/50% off", "Options: bind,ro,nosuid,nodev,noexec", "Where: /chroot/named/srv/www"]],
      [
        "etc/xy",
        file,
        [
          "What: /srv/50% off/x y",
          "Options: bind,ro,nosuid,nodev,noexec",
          "ConditionPathExists: /srv/50% off/x y untested",
        ],
      ],
      ["proc", proc, ["What: proc", "Options: hidepid=ptraceable,subset=pid,ro,nosuid,nodev,noexec"]],
      ["run", run, ["What: tmpfs", "Options: size=64k,mode=0770,uid=0,gid=7002,nosuid,nodev,noexec"]],
    ] as const) {
      const name = mountUnitName(launch.root, bytesOf(at));
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

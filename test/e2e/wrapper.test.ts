import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type * as chroot from "../../provider";
import { failed, linesWith, ok, shownDrift, useLab } from "../support/e2e";
import { walk } from "../support/jail-site";
import type { Stack } from "../support/stack";

interface Given {
  readonly jail: object;
  readonly wrapper: object;
}

describe("a wrapper", () => {
  const lab = useLab();
  const root = "/srv/wrapped";
  const path = "/etc/jails/sleeper";
  const restarts = "/run/lab/restarts";
  const processes: ChildProcess[] = [];
  let stack: Stack;

  const declare = (wrapper: object = {}) =>
    stack.program<Given>(
      ({ Jail, Wrapper }, given) => {
        const jail = new Jail("app", given.jail as chroot.JailArgs);
        new Wrapper("sleeper", { jail, ...given.wrapper } as chroot.WrapperArgs);
      },
      {
        jail: {
          user: "www",
          group: "www",
          baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
          binaries: { "/bin/sleep": "the daemon of this test" },
          ...lab.jail(root),
        },
        wrapper: {
          path,
          command: ["/bin/sleep", "1000"],
          restart: ["sh", "-c", `echo x >>${restarts}`],
          reason: "sleep does not change its root itself",
          ...wrapper,
        },
      },
    );
  const count = async () => (await lab.host.must(`cat ${restarts} 2>/dev/null | wc -l`)).trim();

  async function start(...argv: string[]): Promise<string> {
    const jail = argv[1] ?? root;
    const daemon = lab.host.spawn(argv);
    processes.push(daemon);
    for (let tries = 0; tries < 100; tries++) {
      const { stdout } = await lab.host.sh(
        `for p in /proc/[0-9]*; do [ "$p/root" -ef ${jail} ] && [ "$(readlink $p/root)" = ${jail} ] && echo "\${p#/proc/}"; done; :`,
      );
      const [pid] = stdout.trim().split("\n").filter(Boolean).slice(-1);
      if (pid) return pid;
      await setTimeout(50);
    }
    throw new Error(`${argv.join(" ")} does not run`);
  }
  async function stop(): Promise<void> {
    for (const daemon of processes.splice(0)) {
      const ended = once(daemon, "close");
      await lab.host.kill(daemon);
      await ended;
    }
  }

  beforeAll(async () => {
    stack = await lab.stack();
    await lab.host.must("mkdir -p /etc/jails /run/lab");
  });
  afterAll(stop);

  test("is written with numbers for names, root's, and started by nobody but whoever runs it", async () => {
    declare();
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "sleeper", "create")?.[path] ?? "").toMatch(/^absent => root:root 0755 file sha256:/);
    ok(await stack.up());
    expect(await lab.host.must(`stat -c '%U:%G %a' ${path}`)).toBe("root:root 755\n");
    expect(await lab.host.must(`cat ${path}`)).toMatch(/DAEMON=1033 GROUP=1033/);
    assert.equal(await count(), "1", "what is new is restarted");
    const pid = await start(path);
    const status = await lab.host.must(`cat /proc/${pid}/status`);
    expect(status).toMatch(/^Uid:\t1033\t1033\t1033\t1033$/m);
    expect(status).toMatch(/^CapEff:\t0{16}$/m);
    ok(await stack.preview("--expect-no-changes"));
    ok(await stack.up());
    assert.equal(await count(), "1", "what has not changed is not");
    await stop();
  });

  test("that was changed is shown, comes back, and is restarted once", async () => {
    await lab.host.must(`sed -i s/DAEMON=1033/DAEMON=0/ ${path}; chmod 775 ${path}`);
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "sleeper")?.[path] ?? "").toMatch(/^root:root 0775 sha256:.* => root:root 0755 sha256:/);
    ok(await stack.up());
    expect(await lab.host.must(`cat ${path}`)).toMatch(/DAEMON=1033 /);
    expect(await count()).toBe("2");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("tells of processes that are not as it starts them, with what to do, and fails for them where that is asked", async () => {
    const pid = await start("/usr/sbin/chroot", root, "/bin/sleep", "1000");
    const preview = ok(await stack.preview());
    expect(preview).toMatch(new RegExp(`process ${pid} \\(sleep\\) runs with uid 0: `));
    expect(preview).toMatch(/2 unchanged|unchanged/);
    declare({ failOnStaleProcess: true });
    const drift = shownDrift(ok(await stack.preview("--diff")), "sleeper") ?? {};
    expect(drift["(process 1)"] ?? "").toMatch(new RegExp(`process ${pid} \\(sleep\\) .*uid 0`));
    expect(failed(await stack.up())).toMatch(/Wrapper::sleeper is not converged.*process \d+ \(sleep\)/);
    assert.equal(await count(), "3", "it was to be restarted");
    await stop();
    ok(await stack.up());
    ok(await stack.preview("--expect-no-changes"));
  });

  test("of a user that was renumbered is not written anew while the daemon runs as the old one", async () => {
    declare();
    ok(await stack.up());
    const runs = await count();
    await start(path);
    await lab.host.must("sed -i 's/^www:x:1033:/www:x:1044:/' /etc/passwd");
    expect(ok(await stack.preview("--diff"))).toMatch(
      /its user had the number 1033 and has 1044 now, and process \d+ runs/,
    );
    failed(await stack.up());
    expect(await lab.host.must(`cat ${path}`)).toMatch(/DAEMON=1033 /);
    await stop();
    ok(await stack.up());
    expect(await lab.host.must(`cat ${path}`)).toMatch(/DAEMON=1044 /);
    expect(Number(await count())).toBe(Number(runs) + 1);
    await lab.host.must("sed -i 's/^www:x:1044:/www:x:1033:/' /etc/passwd");
    ok(await stack.up());
  });

  test("whose program is not in the jail is refused before anything is written, unless a file that is declared later is it", async () => {
    const nowhere = await lab.stack();
    const one = (program: string, later?: string) =>
      nowhere.program<{ jail: object; program: string; later?: string | undefined }>(
        ({ Jail, JailFile, Wrapper }, given) => {
          const jail = new Jail("app", given.jail as chroot.JailArgs);
          new Wrapper("early", { jail, path: "/etc/jails/early", command: [given.program], reason: "a test" });
          if (given.later === undefined) return;
          new JailFile("later", { jail, path: given.later, hostFile: "/bin/true", mode: "0755", reason: "a test" });
        },
        {
          jail: {
            user: "www",
            group: "www",
            baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
            ...lab.jail("/srv/nowhere"),
          },
          program,
          later,
        },
      );
    one("/opt/daemon", "opt/deamon");
    const says = /the jail has no program \/opt\/daemon: add it to the Jail's binaries, or declare it as a JailFile/;
    expect(shownDrift(ok(await nowhere.preview("--diff")), "early", "create")?.["(host)"] ?? "").toMatch(
      /^refused: the jail/,
    );
    expect(failed(await nowhere.up())).toMatch(says);
    expect((await lab.host.sh("ls /etc/jails/early")).code).toBe(2);
    one("/opt/daemon", "opt/daemon");
    ok(await nowhere.destroy());
    await lab.host.must("rm -r /srv/nowhere");
    expect(ok(await nowhere.preview("--diff"))).not.toMatch(/refused/);
    ok(await nowhere.up());
    ok(await nowhere.preview("--expect-no-changes"));
    ok(await nowhere.destroy());
  });

  test("that a jail could reach is refused, as is a unit where systemd is not what runs the host", async () => {
    await lab.host.must(`mkdir -p ${root}/mnt; mount --bind /etc/jails ${root}/mnt`);
    const preview = ok(await stack.preview("--diff"));
    expect(preview).toMatch(/can be reached from a jail: \/srv\/wrapped\/mnt there shows the directory that it is in/);
    failed(await stack.up());
    await lab.host.must(`umount ${root}/mnt; rmdir ${root}/mnt`);
    declare({ kind: "systemd", path: "/etc/systemd/system/sleeper.service" });
    expect(ok(await stack.preview("--diff"))).toMatch(/systemd is not what runs this host/);
    declare({ path: "/srv/wrapped/start" });
    expect(failed(await stack.preview())).toMatch(/is in the jail/);
    declare();
    ok(await stack.up());
  });

  test("that is a unit is enabled, read anew before it is restarted, and shows what disables or overrides it", async () => {
    const unit = "/etc/systemd/system/sleeper.service";
    const wanted = "/etc/systemd/system/multi-user.target.wants/sleeper.service";
    // systemd does not run here. The test makes the directory that shows a running systemd, and a systemctl that notes its arguments.
    await lab.host.must("mkdir -p /run/systemd/system /etc/systemd/system/multi-user.target.wants");
    await lab.host.replace("/usr/bin/systemctl", () => '#!/bin/sh\necho "$*" >>/run/lab/systemctl\n');
    declare({ kind: "systemd", path: unit, restart: ["systemctl", "restart", "sleeper"] });
    ok(await stack.up());
    expect(await lab.host.must(`stat -c '%U:%G %a' ${unit}; readlink ${wanted}`)).toBe(`root:root 644\n${unit}\n`);
    expect(await lab.host.must(`cat ${unit}`)).toMatch(/^User=1033$/m);
    expect(await lab.host.must("grep -v ^show /run/lab/systemctl")).toBe("daemon-reload\nrestart sleeper\n");
    assert.equal((await lab.host.sh(`ls ${path}`)).code, 2, "the script that it takes the place of has gone");
    ok(await stack.preview("--expect-no-changes"));

    await lab.host.must(`rm ${wanted}`);
    expect(shownDrift(ok(await stack.preview("--diff")), "sleeper")).toStrictEqual({
      [wanted]: `absent => link -> ${unit}`,
    });
    ok(await stack.up());
    await lab.host.must(`mkdir ${unit}.d; printf '[Service]\nUser=root\n' >${unit}.d/override.conf`);
    expect(ok(await stack.preview("--diff"))).toMatch(
      /sleeper\.service\.d\/override\.conf changes the unit: remove it/,
    );
    failed(await stack.up());
    await lab.host.must(`rm -r ${unit}.d`);
    declare();
    ok(await stack.up());
    expect((await lab.host.sh(`ls ${unit} ${wanted}`)).stdout).toBe("");
  });

  test("goes with its resource", async () => {
    stack.program<Given["jail"]>(({ Jail }, jail) => new Jail("app", jail as chroot.JailArgs), {
      user: "www",
      group: "www",
      baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
      binaries: { "/bin/sleep": "the daemon of this test" },
      ...lab.jail(root),
    });
    const up = ok(await stack.up());
    expect(linesWith(up, "error").length).toBe(0);
    expect((await lab.host.sh(`ls ${path}`)).code).toBe(2);
  });

  test("goes with its jail where that is to go, and the host is as it was before", async () => {
    const [gone, unit] = ["/srv/new/jail", "/etc/systemd/system/gone.service"];
    const removed = await lab.stack();
    const from = (onDelete: "keep" | "removeCreated") =>
      removed.program<{ jail: object; unit: string }>(
        ({ Jail, JailFile, Wrapper }, given) => {
          const jail = new Jail("app", given.jail as chroot.JailArgs);
          const path = "etc/app.conf";
          new JailFile("conf", { jail, path, content: "x", hostLink: "/etc/app.conf", reason: "a test" });
          const command = ["/bin/sleep", "1000"];
          new Wrapper("gone", { jail, kind: "systemd", path: given.unit, command, reason: "a test" });
        },
        {
          jail: {
            user: "www",
            group: "www",
            baseline: { owner: "root", group: "www", fileMode: "0640", directoryMode: "0750" },
            binaries: { "/bin/sleep": "the daemon of this test" },
            devices: { null: "a test" },
            writable: { spool: "a test" },
            onDelete,
            ...lab.jail(gone),
          },
          unit,
        },
      );
    const tree = (top: string, more: "ctime" | "" = "") =>
      [...walk(lab.host.path(top))].map(([path, { type, mode, uid, gid, target, ctime }]) =>
        [path, type, mode, uid, gid, target, more === "" ? "" : ctime].join(" "),
      );
    const before = [tree("/srv"), tree("/etc")];
    from("keep");
    ok(await removed.up());
    const made = tree("/srv", "ctime");
    from("removeCreated");
    expect(ok(await removed.up())).toMatch(/1 updated/);
    assert.deepEqual(tree("/srv", "ctime"), made, "only the record was written");

    const pid = await start("/usr/sbin/chroot", gone, "/bin/sleep", "1000");
    expect(failed(await removed.destroy())).toMatch(
      new RegExp(`Jail::app is not removed: .*:${gone}: process ${pid} \\(.*sleep\\) has it as its root`),
    );
    assert.deepEqual(tree("/srv", "ctime"), made, "nothing was touched");
    await stop();
    const output = ok(await removed.destroy());
    expect(output).toMatch(new RegExp(`:${gone}: removed: .*\\d+ files`));
    expect([tree("/srv"), tree("/etc")]).toStrictEqual(before);
  });
});

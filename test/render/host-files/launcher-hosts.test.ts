import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Launch } from "../../../provider/model/launch";
import { type LabRoot, makeRoot } from "../../../scripts/lab/root";
import { deliver, hostileReasons, launcherFile, makeJail, oddArguments } from "../launches";

/** The caller of a launcher may have left these descriptors open and these variables set. */
const dirty = `export LD_LIBRARY_PATH=/tmp SECRET=x SSH_CLIENT=me IFS=0 ENV=/tmp/env CDPATH=/; umask 0; ulimit -c unlimited
  exec </etc/passwd 7</ 12</etc`;

describe("a launcher on a host", () => {
  let host: LabRoot;
  beforeAll(async () => {
    host = await makeRoot({ network: "own", accounts: { named: { uid: 7001, gid: 7002 } } });
    makeJail(host);
    // A jail that was taken over names users and groups as it likes.
    writeFileSync(host.path("/chroot/named/etc/passwd"), "7001:x:0:0::/:/\n+7001:x:0:0::/:/\nnamed:x:0:0::/:/\n");
    writeFileSync(
      host.path("/chroot/named/etc/group"),
      "disk:x:6:7001,named\nshadow:x:42:7001,named\n5:x:42:\n+5:x:42:\n7002:x:0:\n+7002:x:0:\n",
    );
  });
  afterAll(() => host.close());

  const start = (shell = "sh", options = {}) => host.run([...shell.split(" "), launcherFile], options);

  /** The message of a refused start; the daemon must not have run. */
  async function refused(more: Partial<Launch> = {}, shell = "sh"): Promise<string> {
    deliver(host, { command: ["/daemon", "end", "0"], ...more });
    const { code, stdout, stderr } = await start(shell);
    assert.equal(code, 78, stderr);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^\/opt\/lab\/jail-start: the daemon was not started: /);
    return stderr;
  }

  /** Starts the daemon with everything that a start may inherit, and reads the state of its process. */
  async function become(more: Partial<Launch>, shell: string, prepare = dirty): Promise<Record<string, string>> {
    deliver(host, more);
    const text = await host.must(
      `cat >/tmp/start <<'end'
${prepare}
exec setpriv --groups=0,4,6 --inh-caps=+chown,+net_raw --ambient-caps=+chown ${shell} ${launcherFile}
end
      bash /tmp/start >/tmp/out 2>&1 & pid=$!
      for n in $(seq 500); do case $(readlink /proc/$pid/exe) in */daemon | '') break ;; esac; sleep 0.02; done
      cat /tmp/out >&2
      echo "pid: $pid"; cat /proc/$pid/status
      read -r text </proc/$pid/personality; echo "personality: $text"
      read -r text </proc/$pid/oom_score_adj; echo "oom: $text"
      set -- $(sed 's/.*) //' /proc/$pid/stat); echo "priority: \${17} \${38} \${39} $(ionice -p $pid)"
      for name in exe root cwd; do echo "$name: $(readlink /proc/$pid/$name)"; done
      cd /proc/$pid/fd && for fd in *; do echo "fd $fd: $(readlink $fd)"; done
      sed -nE 's/^(Max [a-z ]*[a-z]) +([^ ]+) +([^ ]+) .*/\\1: \\2 \\3/p' /proc/$pid/limits
      printf 'environ: %s\\n' "$(tr '\\0' ' ' </proc/$pid/environ)"
      kill $pid; wait $pid; echo "status: $?"`,
    );
    return Object.fromEntries(text.split("\n").map((line) => line.split(/:(.*)/s, 2).map((part) => part.trim())));
  }

  for (const shell of ["dash", "bash", "busybox sh"]) {
    test(`${shell}: the daemon is who is declared, with nothing of whoever started it`, async () => {
      const limits = { nofile: 100, nproc: 50, core: 0, as: 1 << 28, fsize: 4097 };
      const seen = await become({ groups: [5, 33], limits }, shell);
      const none = "0000000000000000";
      const wanted = {
        Uid: "7001\t7001\t7001\t7001",
        Gid: "7002\t7002\t7002\t7002",
        Groups: "5 33",
        CapInh: none,
        CapPrm: none,
        CapEff: none,
        CapAmb: none,
        // chroot needed these capabilities; without new privileges they have no effect.
        CapBnd: "00000000000400c0",
        NoNewPrivs: "1",
        Umask: "0027",
        exe: "/chroot/named/daemon",
        root: "/chroot/named",
        cwd: "/chroot/named",
        "fd 0": "/dev/null",
        "fd 1": "/tmp/out",
        "fd 2": "/tmp/out",
        "Max open files": "100 100",
        "Max processes": "50 50",
        "Max core file size": "0 0",
        "Max address space": `${1 << 28} ${1 << 28}`,
        "Max file size": "4097 4097",
        environ: "PATH=/usr/bin:/bin LANG=C.UTF-8",
        status: "143",
      };
      expect(Object.fromEntries(Object.keys(wanted).map((key) => [key, seen[key]]))).toStrictEqual(wanted);
      expect(Object.keys(seen).filter((key) => key.startsWith("fd "))).toStrictEqual(["fd 0", "fd 1", "fd 2"]);
    });

    test(`${shell}: no privilege of whoever starts it is handed on: priority, memory, signals, addresses, limits`, async () => {
      const prepare = `echo -500 >/proc/self/oom_score_adj; trap '' INT PIPE; ulimit -l unlimited; ulimit -r 50; ulimit -e 40
        exec nice -n -5 ionice -c 1 chrt --rr 10 setarch $(uname -m) -R env --block-signal=USR2 ${shell} ${launcherFile}`;
      const seen = await become({}, shell, prepare);
      const none = "0000000000000000";
      const wanted = {
        SigIgn: none,
        SigBlk: none,
        personality: "00000000",
        oom: "0",
        priority: "0 0 0 none: prio 0",
        "Max locked memory": "8388608 8388608",
        "Max realtime priority": "0 0",
        "Max nice priority": "0 0",
      };
      expect(Object.fromEntries(Object.keys(wanted).map((key) => [key, seen[key]]))).toStrictEqual(wanted);
    });

    test(`${shell}: the keys of the session that starts it are not the daemon's`, async () => {
      const join = (command: string) => host.must(`/chroot/named/daemon join ${command}`);
      expect(await join("/chroot/named/daemon search")).toBe("found\n");
      deliver(host, { command: ["/daemon", "search"] });
      expect(await join(`${shell} ${launcherFile}`)).toMatch(/not available/);
    });

    test(`${shell}: without declared groups it has none, and stdout that was closed is /dev/null`, async () => {
      const seen = await become({}, shell, "exec >&- 2>&-");
      expect(seen["Groups"]).toBe("");
      expect([seen["fd 1"], seen["fd 2"]]).toStrictEqual(["/dev/null", "/dev/null"]);
    });

    test(`${shell}: the daemon's status and signals are the launcher's`, async () => {
      deliver(host, { command: ["/daemon", "end", "42"] });
      expect((await start(shell)).code).toBe(42);
      deliver(host, { command: ["/nothing"] });
      const gone = await start(shell);
      expect(gone.code).toBe(127);
      expect(gone.stderr).toMatch(/\/nothing/);
      deliver(host);
      expect(await host.must(`${shell} ${launcherFile} & sleep 1; kill -USR1 $!; wait $!; echo $?`)).toMatch(/^138$/m);
    });

    test(`${shell}: arguments and environment come as they are, and reasons are no code`, async () => {
      const X = oddArguments.join("");
      for (const reason of hostileReasons) {
        const command = ["/daemon", "print", ...oddArguments];
        deliver(host, { command, reason, label: reason, capabilities: { net_raw: reason } });
        const printed = await start(shell);
        expect([printed.code, printed.stderr]).toStrictEqual([0, ""]);
        expect(printed.stdout.split("\0").slice(0, -1)).toStrictEqual(oddArguments);
      }
      expect((await become({ environment: { X } }, shell))["environ"]).toBe(`X=${X}`.trim());
      expect((await host.sh("ls /tmp/code")).code).toBe(2);
    });

    test(`${shell}: the least limits that may be declared let it start`, async () => {
      const limits = { nofile: 16, nproc: 1, core: 0, as: 16 * 1024 * 1024, fsize: 0 };
      deliver(host, { command: ["/daemon", "end", "7"], limits, capabilities: { net_raw: "why" } });
      expect(await start(shell)).toStrictEqual({ code: 7, stdout: "", stderr: "" });
    });

    test(`${shell}: what the jail has mounted has to be there`, async () => {
      const mounts = ["run", "var/a b\\"];
      const [run, odd] = ["/chroot/named/run", "'/chroot/named/var/a b\\'"];
      await host.must(`mkdir -p ${run} ${odd}`);
      expect(await refused({ mounts }, shell)).toMatch(
        /: nothing is mounted at \/chroot\/named\/run: mount -a mounts /,
      );
      await host.must(`mount --bind ${run} ${run}`);
      expect(await refused({ mounts }, shell)).toMatch(/mounted at \/chroot\/named\/var\/a\\040b\\134: /);
      await host.must(`mount -t tmpfs tmpfs ${odd}`);
      deliver(host, { mounts, command: ["/daemon", "end", "5"] });
      expect(await start(shell)).toStrictEqual({ code: 5, stdout: "", stderr: "" });
      await host.must(`umount ${run} ${odd}`);
    });

    test(`${shell}: a capability that it keeps works in the jail, and none without`, async () => {
      deliver(host, { command: ["/daemon", "bind"] });
      expect(await start(shell)).toStrictEqual({ code: 0, stdout: "Permission denied\n", stderr: "" });
      const capabilities = { net_bind_service: "port 53" };
      deliver(host, { command: ["/daemon", "bind"], capabilities });
      expect(await start(shell)).toStrictEqual({ code: 0, stdout: "bound\n", stderr: "" });
      const seen = await become({ capabilities }, shell);
      const sets = ["CapInh", "CapPrm", "CapEff", "CapAmb", "CapBnd", "NoNewPrivs", "Uid"];
      const kept = "0000000000000400";
      expect(sets.map((set) => seen[set])).toStrictEqual([
        kept,
        kept,
        kept,
        kept,
        "00000000000404c0",
        "1",
        "7001\t7001\t7001\t7001",
      ]);
    });
  }

  test("a shell that cannot close a descriptor asks bash; without one the start is refused", async () => {
    deliver(host, { command: ["/daemon", "end", "0"] });
    const leaking = ["bash", "-c", `exec 12</etc; exec dash ${launcherFile}`];
    expect((await host.run(leaking)).code).toBe(0);
    await host.must("mount --bind /dev/null /usr/bin/bash; mount --bind /dev/null /bin/bash");
    const kept = await host.run(["busybox", "sh", "-c", `exec 12</etc; exec dash ${launcherFile}`]);
    await host.must("umount /usr/bin/bash; umount /bin/bash || :");
    expect(kept.code).toBe(78);
    expect(kept.stderr).toMatch(/descriptors are open, .* there is no bash that can:.* 12 /);
  });

  test("a jail that somebody else may exchange, or write in, is refused, with the directory's name", async () => {
    const cases: [setUp: string, undo: string, says: RegExp, more?: Partial<Launch>][] = [
      ["chmod g+w named", "chmod g-w named", /a group may write in \/chroot\/named: root:root 775$/m],
      ["chmod o+w named", "chmod o-w named", /everybody may write in \/chroot\/named/, { rootWriter: 0 }],
      ["chown named named", "chown root named", /\/chroot\/named is not root's: named:root 755$/m],
      ["chgrp named named; chmod g+w named", "chmod g-w named", /a group may write/, { rootWriter: 7003 }],
      ["mv named n; ln -s n named", "rm named; mv n named", /\/chroot\/named is no directory: symbolic link$/m],
      ["mv named n; : >named", "rm named; mv n named", /is no directory: regular empty file$/m],
      ["mv named n", "mv n named", /\/chroot\/named: .*No such file or directory$/m],
      ["chmod g+w .", "chmod g-w .", /a group may write in \/chroot: /],
      [
        "chgrp named .; chmod g+w .",
        "chgrp root .; chmod g-w .",
        /a group may write in \/chroot: /,
        { rootWriter: 7002 },
      ],
      ["chown named .", "chown root .", /\/chroot is not root's: /],
      ["mv /chroot /c; ln -s c /chroot", "rm /chroot; mv /c /chroot", /\/chroot is no directory: symbolic link$/m],
      [":", ":", /\/chroot\/\.\/named leads elsewhere: \/chroot\/named$/m, { root: "/chroot/./named" }],
      [":", ":", /the jail is the root of the host$/m, { root: "/" }],
    ];
    for (const [setUp, undo, says, more] of cases) {
      await host.must(`cd /chroot; ${setUp}`);
      expect(await refused(more)).toMatch(says);
      await host.must(`cd /chroot; ${undo}`);
    }
    deliver(host, { command: ["/daemon", "end", "3"], rootWriter: 7002 });
    await host.must("chgrp named /chroot/named; chmod 0770 /chroot/named");
    assert.equal((await start()).code, 3, "a group that is declared to write in the root");
    await host.must("chgrp root /chroot/named; chmod 0755 /chroot/named");
  });

  test("nobody is root: neither the user, nor the group, nor whoever may start it", async () => {
    expect(await refused({ uid: 0 })).toMatch(/the daemon would be root: uid 0, gid 7002$/m);
    expect(await refused({ gid: 0 })).toMatch(/the daemon would be root: uid 7001, gid 0$/m);
    deliver(host);
    const other = await start("sh", { as: { uid: 7001, gid: 7002 } });
    expect(other.code).toBe(78);
    expect(other.stderr).toMatch(/only root can start it$/m);
  });

  test("a terminal is not given to the daemon", async () => {
    deliver(host, { command: ["/daemon", "end", "0"] });
    const from = (command: string) => host.run(["script", "-qec", command, "/dev/null"]);
    const { code, stdout } = await from(launcherFile);
    expect(code).toBe(78);
    expect(stdout).toMatch(/it has a terminal, to which the daemon could type/);
    // Its own alone, and open ones of somebody else.
    expect((await from(`${launcherFile} >/tmp/out 2>&1`)).code).toBe(78);
    expect((await from(`setsid -w ${launcherFile} >/tmp/out`)).code).toBe(78);
    expect((await from(`setsid -w ${launcherFile} 2>/tmp/out`)).code).toBe(78);
    expect((await from(`setsid -w ${launcherFile} >/tmp/out 2>&1`)).code).toBe(0);
  });

  test("a directory as stdout or stderr is refused: it leads out of the jail", async () => {
    deliver(host, { command: ["/daemon", "end", "0"] });
    const refusedWith = await host.run(["bash", "-c", `exec bash ${launcherFile} 2>/tmp/err 1</`]);
    expect(refusedWith.code).toBe(78);
    expect(await host.must("cat /tmp/err")).toMatch(/its descriptor 1 is a directory or a disk/);
  });

  test("a host without the tools is refused, whatever they are called there", async () => {
    for (const [name, maker] of [
      ["setpriv", "util-linux"],
      ["prlimit", "util-linux"],
      ["chroot", "GNU coreutils"],
    ] as const) {
      const path = (await host.must(`command -v ${name}`)).trim();
      await host.must(`mount --bind /dev/null ${path}`);
      expect(await refused({})).toMatch(new RegExp(`the host has no ${name} of ${maker}$`, "m"));
      await host.must(`umount ${path}; mount --bind $(command -v busybox) ${path}`);
      expect(await refused({})).toMatch(new RegExp(`the host has no ${name} of ${maker}$`, "m"));
      await host.must(`umount ${path}`);
    }
    const makers = (await host.sh("for tool in keyctl e4crypt; do command -v $tool; done")).stdout.trim().split("\n");
    await host.must(makers.map((path) => `mount --bind /dev/null ${path}`).join("; "));
    expect(await refused({})).toMatch(/the host has neither keyctl \(keyutils\) nor e4crypt \(e2fsprogs\)/);
    await host.must(makers.map((path) => `umount ${path}`).join("; "));
    expect(await refused({ capabilities: { no_such: "why" } })).toMatch(
      /setpriv and chroot fail with the needed options: .*no_such/,
    );
  });
});

test("a host of BusyBox alone is refused", async () => {
  const host = await makeRoot({ flavour: "busybox" });
  try {
    makeJail(host);
    deliver(host, { command: ["/daemon", "end", "0"] });
    const { code, stderr } = await host.run([launcherFile]);
    expect(code).toBe(78);
    expect(stderr).toMatch(/: the daemon was not started: the host has no setpriv of util-linux$/m);
  } finally {
    await host.close();
  }
});

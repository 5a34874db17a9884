import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { processesOf } from "../../../provider/agent/requests/processes";
import type { Connection } from "../../../provider/model/connection";
import type { Process, Running } from "../../../provider/observe/process";
import { processFindings, uncheckedProcesses } from "../../../provider/plan/checks/processes";
import { findingText, sentenceOf } from "../../../provider/render/text/findings/finding-text";
import { closeAll, withAgent } from "../../support/connections";
import { siteOn } from "../../support/jail-site";
import { type LabHost, startHost } from "../../support/sshd";
import { installSudo, password, sudoer } from "../../support/sudoer";
import { useHost } from "../../support/use-host";
import { installInhabitant, startInhabitant } from "../inhabitants";

const root = "/srv/jail";
const inJail = `cd ${root} chroot .`;
const asNamed = `${inJail} gid 1053 group 0 uid 1053`;

function lookOn(host: LabHost, more: Partial<Connection> = {}): Promise<Running> {
  const site = siteOn(host, root, more);
  return withAgent(site, (agent) => processesOf(agent));
}

for (const flavour of ["gnu", "busybox"] as const) {
  describe(`on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: sudoer }, async (made) => {
      host = made;
      await installSudo(host);
      installInhabitant(host);
      await host.must(`mkdir -p ${root}/bin ${root}/var/run ${root}/nested/var /srv/other /srv/jail2
        : >/srv/secret; : >${root}/var/data; chown -R 1053:1053 ${root}/var`);
    });

    const look = (): Promise<Running> => withAgent(siteOn(host, root), (agent) => processesOf(agent));

    /** Starts one process and returns its report; no other process may be reported. */
    async function told(args: string, options: Parameters<typeof startInhabitant>[2] = {}): Promise<Process> {
      const one = await startInhabitant(host, args, options);
      try {
        const { processes, more } = await look();
        expect([processes.map(({ pid }) => pid), more]).toStrictEqual([[one.pid], 0]);
        return processes[0] ?? assert.fail();
      } finally {
        await one.end();
      }
    }

    test("a daemon's process is told as it is", async () => {
      const process = await told(`${asNamed} umask 27 nnp 1`, { env: { SECRET: "a=b\nFORGED=1" } });
      const { started, bounding, pid, environment, ...rest } = process;
      assert.ok(Number(started) > 0 && bounding.includes("sys_admin"));
      expect([...environment].sort()).toStrictEqual(["HOME", "LANG", "PATH", "SECRET"]);
      expect(rest).toStrictEqual({
        name: "inhabitant",
        program: "/opt/inhabitant",
        root,
        isNested: false,
        cwd: root,
        isCwdInside: true,
        uids: [1053, 1053, 1053, 1053],
        gids: [1053, 1053, 1053, 1053],
        groups: [],
        capabilities: [],
        noNewPrivs: true,
        umask: 0o027,
        descriptors: [],
        hasMoreDescriptors: false,
        unseen: [],
      });
    });

    test("who has become root sees what root sees", async () => {
      const one = await startInhabitant(host, `${asNamed} nnp 1`, { env: { SECRET: "a=b" } });
      const seen = await look();
      const [process] = seen.processes;
      expect([process?.pid, process?.uids]).toStrictEqual([one.pid, [1053, 1053, 1053, 1053]]);
      expect(await lookOn(host, { user: "admin", become: { method: "sudo", password } })).toStrictEqual(seen);
      await one.end();
    });

    test("root, a saved uid, groups and capabilities are told", async () => {
      const asRoot = await told(inJail);
      expect(asRoot.uids).toStrictEqual([0, 0, 0, 0]);
      assert.ok(asRoot.capabilities.includes("sys_chroot") && !asRoot.noNewPrivs);
      expect((await told(`${inJail} effective 1053`)).uids).toStrictEqual([1053, 1053, 0, 1053]);
      expect((await told(`${inJail} group 6 uid 1053`)).groups).toStrictEqual([6]);
      const kept = await told(`${inJail} bound 10 keepcaps 1 uid 1053 keep 10`);
      expect([kept.capabilities, kept.bounding]).toStrictEqual([["net_bind_service"], ["net_bind_service"]]);
    });

    test("what is outside is nobody: the same uid, another jail, one whose name begins alike, a cwd in the jail", async () => {
      const others = [
        "uid 1053",
        "chroot /srv/other",
        "chroot /srv/jail2 cd / uid 1053",
        `cd ${root}/var uid 1053`,
        "chroot /srv",
      ];
      const started = await Promise.all(others.map((args) => startInhabitant(host, args)));
      expect(await look()).toStrictEqual({ processes: [], more: 0, isRestless: false });
      await Promise.all(started.map((one) => one.end()));
    });

    test("a process is told that is in the jail by another name, in a mount namespace of its own", async () => {
      const script = `mount --bind ${root} /mnt && exec /opt/inhabitant write ${root}/var/data cd /mnt chroot .`;
      const process = await told("-m sh -c", { path: "unshare", more: [script] });
      expect([process.isCwdInside, process.isNested, process.descriptors]).toStrictEqual([true, false, []]);
    });

    test("a look costs no command for each of the host's processes, and one in the jail a few", async () => {
      // The host has a pid namespace of its own: the last number given tells how many processes there were.
      const last = async () => Number((await host.must("cat /proc/loadavg")).split(" ")[4]);
      const forks = async () => {
        const before = await last();
        await look();
        return (await last()) - before;
      };
      const alone = await forks();
      const others = await Promise.all(Array.from({ length: 100 }, () => startInhabitant(host, "uid 1053")));
      const crowded = await forks();
      await Promise.all(others.map((one) => one.end()));
      assert.ok(Math.abs(crowded - alone) < 10, `${alone} processes for none, ${crowded} for 100`);
    });

    test("a working directory is told inside or outside, also one that is removed", async () => {
      const outside = await told(`cd /srv/other chroot ${root} uid 1053`);
      expect([outside.isCwdInside, outside.cwd]).toStrictEqual([false, "/srv/other"]);
      const above = await told(`cd /srv chroot ${root}`);
      expect([above.isCwdInside, above.cwd]).toStrictEqual([false, "/srv"]);
      const below = await told(`${asNamed} cd /var/run`);
      expect([below.isCwdInside, below.cwd]).toStrictEqual([true, `${root}/var/run`]);
      await host.must(`mkdir ${root}/var/gone`);
      const one = await startInhabitant(host, `${asNamed} cd /var/gone`);
      await host.must(`rmdir ${root}/var/gone`);
      const {
        processes: [gone],
      } = await look();
      await one.end();
      expect([gone?.isCwdInside, gone?.cwd]).toStrictEqual([true, `${root}/var/gone (deleted)`]);
    });

    test("a chroot in the chroot is told, with what it sees as its root", async () => {
      const { isNested, root: nested, isCwdInside } = await told(`${inJail} cd /nested/var chroot /nested`);
      expect([isNested, nested, isCwdInside]).toStrictEqual([true, `${root}/nested`, true]);
    });

    test("ways out of the jail are told: a directory, files that are open for writing; nothing else is", async () => {
      const { descriptors } = await told(
        `memory note directory /srv/other directory ${root}/var read /srv/secret write /srv/secret write ${root}/var/data read /dev/null write /dev/null append /srv/secret ${asNamed}`,
      );
      expect(descriptors).toStrictEqual([
        { number: 21, type: "directory", path: "/srv/other" },
        { number: 24, type: "file", path: "/srv/secret" },
        { number: 28, type: "file", path: "/srv/secret" },
      ]);
    });

    test("a program that was removed is told as such", async () => {
      const daemon = `${root}/bin/daemon`;
      await host.must(`cp /opt/inhabitant ${daemon}`);
      const { program } = await told(`${inJail} remove /bin/daemon gid 1053 uid 1053`, { path: daemon });
      expect(program).toBe(`${daemon} (deleted)`);
    });

    test("nothing is found of a process as a Wrapper starts it, and all that is wrong with one that was started carelessly", async () => {
      const wrapper = {
        label: "Wrapper named",
        uid: 1053,
        gid: 1053,
        groups: [],
        capabilities: ["net_bind_service"],
        noNewPrivs: true,
        environment: ["HOME", "LANG", "PATH"],
        umask: 0o027,
      };
      const good = await told(`${inJail} umask 27 bound 10 gid 1053 group 0 keepcaps 1 uid 1053 keep 10 nnp 1`);
      expect(processFindings([good], [wrapper])).toStrictEqual([]);
      const env = { SSH_CLIENT: "192.0.2.1 22", LD_DEBUG_OUTPUT: "/tmp/x", EDITOR: "vi" };
      const bad = await told(`umask 22 group 6 directory /srv/other chroot ${root} keepcaps 1 uid 1053 keep 18`, {
        env,
      });
      const found = processFindings([bad], [wrapper]);
      expect(
        found.map((one) => [
          "who" in one.evidence && one.evidence.who.pid,
          one.severity,
          sentenceOf(one)
            .what.replace(/^process \d+ \(inhabitant\) /, "")
            .slice(0, 35),
        ]),
      ).toStrictEqual([
        [bad.pid, "high", "has its working directory, /, outsi"],
        [bad.pid, "high", "holds a directory outside the jail,"],
        [bad.pid, "high", "has capabilities with which it can "],
        [bad.pid, "medium", "runs with gid 0, and Wrapper named "],
        [bad.pid, "medium", "is in groups that Wrapper named is "],
        [bad.pid, "medium", "may gain privileges through program"],
        [bad.pid, "medium", "was started with session variables,"],
        [bad.pid, "low", "has a bounding set with more than W"],
        [bad.pid, "low", "has the umask 0022, and Wrapper nam"],
        [bad.pid, "low", "was started with variables that Wra"],
      ]);
    });

    test("names that would forge a line are told byte by byte", async () => {
      const name = "a) R 0\n\\\x1b[2J Ui";
      const before = await told(asNamed);
      const named = await told(asNamed, { more: ["name", name] });
      assert.ok(Number(named.started) >= Number(before.started), named.started);
      expect([named.name, named.uids]).toStrictEqual([name.slice(0, 15), [1053, 1053, 1053, 1053]]);
      const path = "/srv/x\n\x1b[2J \\n'exe";
      const held = await told(`cd ${root}`, { more: ["write", path, "directory", "/srv/other", "chroot", "."] });
      expect(held.descriptors).toStrictEqual([
        { number: 20, type: "file", path },
        { number: 21, type: "directory", path: "/srv/other" },
      ]);
    });

    test("a thread that is root is told beside its process, and a process whose first thread has ended", async () => {
      const one = await startInhabitant(host, `${inJail} keepcaps 1 thread 1053`);
      const { processes } = await look();
      await one.end();
      expect(processes.map(({ pid }) => pid)).toStrictEqual([one.pid, one.pid]);
      expect(processes.map(({ uids: [uid = -1] }) => uid).sort()).toStrictEqual([0, 1053]);
      expect(processes.map(({ thread }) => thread !== undefined)).toStrictEqual([false, true]);
      const headless = await told(`${asNamed} thread 0`);
      expect(headless.uids).toStrictEqual([1053, 1053, 1053, 1053]);
    });

    test("of many descriptors the first are told, and that there are more", async () => {
      const one = await told(`${asNamed} fill 3000`);
      expect([one.descriptors, one.hasMoreDescriptors]).toStrictEqual([[], false]);
      const holder = await told(`fill 150 write /srv/secret ${asNamed}`);
      expect([holder.descriptors.length, holder.hasMoreDescriptors]).toStrictEqual([101, true]);
    });

    test("no crowd of a daemon's processes hides one that is not as declared", async () => {
      const many = await startInhabitant(host, `${asNamed} crowd 300`);
      const bad = await startInhabitant(host, `directory /srv/other ${inJail}`);
      const seen = await look();
      await many.end();
      await bad.end();
      expect([seen.processes.length, uncheckedProcesses(seen)]).toStrictEqual([302, undefined]);
      const [found, ...others] = seen.processes.filter(({ uids }) => uids.includes(0));
      expect([found?.pid, found?.descriptors.length, others]).toStrictEqual([bad.pid, 1, []]);
    });

    test("a thread with a working directory and descriptors of its own is told beside its process", async () => {
      const one = await startInhabitant(host, `stray /srv/other ${inJail}`);
      const { processes } = await look();
      await one.end();
      const strayed = processes.find(({ thread }) => thread !== undefined);
      expect([processes.length, strayed?.isCwdInside]).toStrictEqual([2, false]);
      expect(strayed?.descriptors).toStrictEqual([{ number: 40, type: "directory", path: "/srv/other" }]);
    });

    test("what there was no time to look at is told, process by process, and never taken for seen", async () => {
      const many = await startInhabitant(host, `${asNamed} crowd 200`);
      // A clock that goes a hundred times as fast.
      const clock = host.spawn([
        "sh",
        "-c",
        `n=1; echo "$n.0 0" >/tmp/uptime; mount --bind /tmp/uptime /proc/uptime; echo
        while :; do n=$((n + 1)); echo "$n.0 0" >/tmp/uptime; sleep 0.01; done`,
      ]);
      await new Promise((resolve) => clock.stdout?.once("data", resolve));
      const seen = await look();
      await host.kill(clock);
      await host.must("umount /proc/uptime");
      await many.end();
      const partly = seen.processes.filter(({ unseen }) => unseen.length > 0).length;
      assert.ok(partly + seen.more > 0, `${partly} ${seen.more}`);
      expect(seen.processes.length + seen.more).toBe(201);
      const unseen = uncheckedProcesses(seen);
      expect(unseen ? findingText(unseen) : "").toMatch(
        /^not all of the jail's running processes were seen: there was no time to/,
      );
    });

    test("processes that begin and end faster than the look follows are told as such", async () => {
      const one = await startInhabitant(host, `${asNamed} churn 60`);
      const seen = await look();
      await one.end();
      expect(seen.isRestless).toBe(true);
    });

    test("processes that come and go while it looks are no trouble", async () => {
      const storm = host.spawn(["sh", "-c", `echo; while :; do chroot ${root} /bin/none 2>/dev/null; done`]);
      await new Promise((resolve) => storm.stdout?.once("data", resolve));
      const one = await startInhabitant(host, asNamed);
      for (let count = 0; count < 5; count++) {
        const { processes } = await look();
        assert.ok(processes.some(({ pid }) => pid === one.pid));
      }
      await one.end();
      await host.kill(storm);
    });
  });
}

test("a look is whole or fails: where a tool is killed, where a file system does not answer, and for whom /proc hides others", async () => {
  const host = await startHost({
    accounts: { named: { uid: 1053, gid: 1053, home: "/home/named", shell: "/bin/sh" } },
  });
  try {
    installInhabitant(host);
    await host.must(`mkdir -p ${root} /mnt/dead; mknod /tmp/fuse c 10 229`);
    await startInhabitant(host, asNamed);
    for (const tool of ["find", "head", "tr"]) {
      // The agent's own program comes by dd too.
      await host.replace(
        `/usr/bin/${tool}`,
        (original) => `#!/bin/sh\ncase "$*" in *count_bytes*) ;; *) kill -KILL $$ ;; esac\nexec ${original} "$@"\n`,
      );
      await assert.rejects(lookOn(host), /a process of the agent was killed/, tool);
      await host.restore(`/usr/bin/${tool}`);
    }
    expect((await lookOn(host)).processes.length).toBe(1);

    const blind =
      /^process \d+ \(\w+\) cannot be looked at without CAP_SYS_PTRACE: give the login CAP_SYS_PTRACE, or reach/;
    expect((await lookOn(host, { user: "named" })).blind ?? "").toMatch(blind);

    const held = await startInhabitant(host, `mount /mnt/dead directory /mnt/dead ${asNamed}`);
    await withAgent(siteOn(host, root), async (agent) => {
      await expect(processesOf(agent)).rejects.toThrow(/more than 10 s, or was killed: does a file system/);
      assert.equal((await agent.request("records")).status, 0, "the agent goes on");
    });
    await held.end();
  } finally {
    await closeAll();
    await host.close();
  }
});

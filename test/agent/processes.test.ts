import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withAgent } from "../../provider/agent/observe";
import { processesOf } from "../../provider/agent/processes";
import type { Connection } from "../../provider/model/connection";
import type { Process, Running } from "../../provider/observe/process";
import { processFindings } from "../../provider/plan/checks/processes";
import { closeAll } from "../../provider/ssh/host";
import { siteOn } from "../support/jail-site";
import { type LabHost, startHost } from "../support/sshd";
import { installSudo, password, sudoer } from "../support/sudoer";
import { useHost } from "../support/use-host";
import { type Inhabitant, installInhabitant, startInhabitant } from "./inhabitants";

const root = "/srv/jail";
const inJail = `cd ${root} chroot .`;
const asNamed = `${inJail} gid 1053 group 0 uid 1053`;

function lookOn(host: LabHost, more: Partial<Connection> = {}): Promise<Running> {
  const site = siteOn(host, root, more);
  return withAgent(site, (agent) => processesOf(agent, site));
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

    const look = (): Promise<Running> =>
      withAgent(siteOn(host, root), (agent) => processesOf(agent, siteOn(host, root)));

    /** What is told of one process that does this, and that it is told alone. */
    async function told(args: string, options: Parameters<typeof startInhabitant>[2] = {}): Promise<Process> {
      const one = await startInhabitant(host, args, options);
      try {
        const { processes, more } = await look();
        assert.deepEqual([processes.map(({ pid }) => pid), more], [[one.pid], 0]);
        return processes[0] ?? assert.fail();
      } finally {
        await one.end();
      }
    }

    test("a daemon's process is told as it is", async () => {
      const process = await told(`${asNamed} umask 27 nnp 1`, { env: { SECRET: "a=b\nFORGED=1" } });
      const { started, bounding, pid, environment, ...rest } = process;
      assert.ok(Number(started) > 0 && bounding.includes("sys_admin"));
      assert.deepEqual([...environment].sort(), ["HOME", "LANG", "PATH", "SECRET"]);
      assert.deepEqual(rest, {
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
      });
    });

    test("who has become root sees what root sees", async () => {
      const one = await startInhabitant(host, `${asNamed} nnp 1`, { env: { SECRET: "a=b" } });
      const seen = await look();
      const [process] = seen.processes;
      assert.deepEqual([process?.pid, process?.uids], [one.pid, [1053, 1053, 1053, 1053]]);
      assert.deepEqual(await lookOn(host, { user: "admin", become: { method: "sudo", password } }), seen);
      await one.end();
    });

    test("root, a saved uid, groups and capabilities are told", async () => {
      const asRoot = await told(inJail);
      assert.deepEqual(asRoot.uids, [0, 0, 0, 0]);
      assert.ok(asRoot.capabilities.includes("sys_chroot") && !asRoot.noNewPrivs);
      assert.deepEqual((await told(`${inJail} effective 1053`)).uids, [1053, 1053, 0, 1053]);
      assert.deepEqual((await told(`${inJail} group 6 uid 1053`)).groups, [6]);
      const kept = await told(`${inJail} bound 10 keepcaps 1 uid 1053 keep 10`);
      assert.deepEqual([kept.capabilities, kept.bounding], [["net_bind_service"], ["net_bind_service"]]);
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
      assert.deepEqual(await look(), { processes: [], more: 0 });
      await Promise.all(started.map((one) => one.end()));
    });

    test("a process is told that is in the jail by another name, in a mount namespace of its own", async () => {
      const script = `mount --bind ${root} /mnt && exec /opt/inhabitant write ${root}/var/data cd /mnt chroot .`;
      const process = await told("-m sh -c", { path: "unshare", more: [script] });
      assert.deepEqual([process.isCwdInside, process.isNested, process.descriptors], [true, false, []]);
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
      assert.deepEqual([outside.isCwdInside, outside.cwd], [false, "/srv/other"]);
      const above = await told(`cd /srv chroot ${root}`);
      assert.deepEqual([above.isCwdInside, above.cwd], [false, "/srv"]);
      const below = await told(`${asNamed} cd /var/run`);
      assert.deepEqual([below.isCwdInside, below.cwd], [true, `${root}/var/run`]);
      await host.must(`mkdir ${root}/var/gone`);
      const one = await startInhabitant(host, `${asNamed} cd /var/gone`);
      await host.must(`rmdir ${root}/var/gone`);
      const {
        processes: [gone],
      } = await look();
      await one.end();
      assert.deepEqual([gone?.isCwdInside, gone?.cwd], [true, `${root}/var/gone (deleted)`]);
    });

    test("a chroot in the chroot is told, with what it sees as its root", async () => {
      const { isNested, root: nested, isCwdInside } = await told(`${inJail} cd /nested/var chroot /nested`);
      assert.deepEqual([isNested, nested, isCwdInside], [true, `${root}/nested`, true]);
    });

    test("ways out of the jail are told: a directory, files that are open for writing; nothing else is", async () => {
      const { descriptors } = await told(
        `memory note directory /srv/other directory ${root}/var read /srv/secret write /srv/secret write ${root}/var/data read /dev/null write /dev/null append /srv/secret ${asNamed}`,
      );
      assert.deepEqual(descriptors, [
        { number: 21, type: "directory", path: "/srv/other" },
        { number: 24, type: "file", path: "/srv/secret" },
        { number: 28, type: "file", path: "/srv/secret" },
      ]);
    });

    test("a program that was removed is told as such", async () => {
      const daemon = `${root}/bin/daemon`;
      await host.must(`cp /opt/inhabitant ${daemon}`);
      const { program } = await told(`${inJail} remove /bin/daemon gid 1053 uid 1053`, { path: daemon });
      assert.equal(program, `${daemon} (deleted)`);
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
      assert.deepEqual(processFindings([good], [wrapper]), []);
      const env = { SSH_CLIENT: "192.0.2.1 22", LD_DEBUG_OUTPUT: "/tmp/x", EDITOR: "vi" };
      const bad = await told(`umask 22 group 6 directory /srv/other chroot ${root} keepcaps 1 uid 1053 keep 18`, {
        env,
      });
      const found = processFindings([bad], [wrapper]);
      assert.deepEqual(
        found.map(({ pid, severity, what }) => [
          pid,
          severity,
          what.replace(/^process \d+ \(inhabitant\) /, "").slice(0, 35),
        ]),
        [
          [bad.pid, "high", "has its working directory, /, outsi"],
          [bad.pid, "high", "holds a directory outside the jail,"],
          [bad.pid, "high", "has capabilities with which it can "],
          [bad.pid, "medium", "runs with gid 0, and Wrapper named "],
          [bad.pid, "medium", "is in groups that Wrapper named is "],
          [bad.pid, "medium", "may get privileges by what it start"],
          [bad.pid, "medium", "was started with variables of a ses"],
          [bad.pid, "low", "has a bounding set with more than W"],
          [bad.pid, "low", "has the umask 0022, and Wrapper nam"],
          [bad.pid, "low", "was started with variables that Wra"],
        ],
      );
    });

    test("names that would forge a line are told byte by byte", async () => {
      const name = "a) R 0\n\\\x1b[2J Ui";
      const before = await told(asNamed);
      const named = await told(asNamed, { more: ["name", name] });
      assert.ok(Number(named.started) >= Number(before.started), named.started);
      assert.deepEqual([named.name, named.uids], [name.slice(0, 15), [1053, 1053, 1053, 1053]]);
      const path = "/srv/x\n\x1b[2J \\n'exe";
      const held = await told(`cd ${root}`, { more: ["write", path, "directory", "/srv/other", "chroot", "."] });
      assert.deepEqual(held.descriptors, [
        { number: 20, type: "file", path },
        { number: 21, type: "directory", path: "/srv/other" },
      ]);
    });

    test("a thread that is root is told beside its process, and a process whose first thread has ended", async () => {
      const one = await startInhabitant(host, `${inJail} keepcaps 1 thread 1053`);
      const { processes } = await look();
      await one.end();
      assert.deepEqual(
        processes.map(({ pid }) => pid),
        [one.pid, one.pid],
      );
      assert.deepEqual(processes.map(({ uids: [uid = -1] }) => uid).sort(), [0, 1053]);
      assert.deepEqual(
        processes.map(({ thread }) => thread !== undefined),
        [false, true],
      );
      const headless = await told(`${asNamed} thread 0`);
      assert.deepEqual(headless.uids, [1053, 1053, 1053, 1053]);
    });

    test("of many descriptors and processes the first are told, and that there are more", async () => {
      const one = await told(`${asNamed} fill 3000`);
      assert.deepEqual([one.descriptors, one.hasMoreDescriptors], [[], false]);
      const holder = await told(`fill 150 write /srv/secret ${asNamed}`);
      assert.deepEqual([holder.descriptors.length, holder.hasMoreDescriptors], [101, true]);
      const many: Inhabitant[] = [];
      for (let count = 0; count < 53; count++) many.push(await startInhabitant(host, asNamed));
      const { processes, more } = await look();
      await Promise.all(many.map((each) => each.end()));
      assert.deepEqual([processes.length, more], [50, 3]);
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
    for (const tool of ["find", "dd", "tr"]) {
      // The agent's own program comes by dd too.
      await host.replace(
        `/usr/bin/${tool}`,
        (original) => `#!/bin/sh\ncase "$*" in *count_bytes*) ;; *) kill -KILL $$ ;; esac\nexec ${original} "$@"\n`,
      );
      await assert.rejects(lookOn(host), /a process of the agent was killed/, tool);
      await host.restore(`/usr/bin/${tool}`);
    }
    assert.equal((await lookOn(host)).processes.length, 1);

    await assert.rejects(
      lookOn(host, { user: "named" }),
      /does not show all processes: is it mounted, and are you root/,
    );

    const held = await startInhabitant(host, `mount /mnt/dead directory /mnt/dead ${asNamed}`);
    await withAgent(siteOn(host, root), async (agent) => {
      await assert.rejects(processesOf(agent, siteOn(host, root)), /more than 10 s, or was killed: does a file system/);
      assert.equal((await agent.request("records")).status, 0, "the agent goes on");
    });
    await held.end();
  } finally {
    await closeAll();
    await host.close();
  }
});

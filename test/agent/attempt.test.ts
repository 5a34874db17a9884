import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { lockRegistry, withAgent } from "../../provider/agent/observe";
import { attempt } from "../../provider/agent/put";
import { signalAll } from "../../scripts/lab/processes";
import { until } from "../support/daemon";
import { sleeping } from "../support/delivery";
import { change, siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a command on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: { ...account, other: { uid: 1044, gid: 1044 } } }, async (made) => {
      host = made;
      await host.must("mkdir /srv/jail");
    });
    const site = () => siteOn(host, "/srv/jail");
    const run = (argv: string[], more: { timeLimit?: number; ids?: { uid: number; gid: number } } = {}) =>
      change(site(), (agent) => attempt(agent, { argv, timeLimit: more.timeLimit ?? 20 }, more.ids));
    const sh = (script: string, more = {}) => run(["sh", "-c", script], more);
    const sleeps = (seconds: string) => sleeping(host, seconds);

    test("is told by its words, and says how it ended and what it printed", async () => {
      const odd = ["", "a b", "$(id)", "it's", '"', "-x", "*", "\n", "ü", "\\"];
      const { printed, failed } = await run([
        "sh",
        "-c",
        'for word; do printf "<%s>" "$word"; done; exit 7',
        "sh",
        ...odd,
      ]);
      assert.equal(Buffer.from(printed, "latin1").toString("utf8"), odd.map((word) => `<${word}>`).join(""));
      assert.equal(failed, "exit status 7");
      assert.equal((await sh("exit 124")).failed, "exit status 124");
      assert.equal((await sh("kill -KILL $$")).failed, "exit status 137");
      assert.match((await run(["/no/such"])).failed ?? "", /^exit status 127, a command that is not found: install it/);
      assert.equal((await sh("echo; head -c 100000 /dev/zero")).printed.length, 2000);
      assert.deepEqual(await sh('read -r line; echo "<$line>"'), { printed: "<>" });
    });

    test("has nothing of the agent's", async () => {
      const { printed } = await sh("umask; pwd; cd /proc/self/fd; echo *; env");
      const [umask, directory, descriptors, ...variables] = printed.split("\n");
      assert.deepEqual([umask, directory], ["0022", "/"]);
      // What the shell opens for a directory that it reads is another one.
      assert.match(descriptors ?? "", /^0 1 2( [34])?$/);
      for (const variable of variables) assert.doesNotMatch(variable, /^(NONCE|REGISTRY|STAG|ENTERED)/);
    });

    test("that hangs ends at its limit, with all that it has started, and the agent goes on", async () => {
      const started = performance.now();
      const { failed } = await sh("trap '' TERM; sleep 4711 & sleep 4711; sleep 4711", { timeLimit: 1 });
      assert.equal(failed, "it took longer than 1 s");
      assert.ok(performance.now() - started < 12_000);
      assert.deepEqual(sleeps("4711"), []);
      assert.equal(await host.must("ls -A /var/lib/pulumi-chroot"), "", "nothing of it is left");
    });

    test("what it starts goes on when the agent has ended, and holds no lock", async () => {
      const started = performance.now();
      assert.deepEqual(await sh("sleep 4712 & exit 0"), { printed: "" });
      assert.ok(performance.now() - started < 8000, "nobody waits for it");
      await withAgent(site(), (agent) => lockRegistry(agent, site(), "-x"));
      // On a busy machine the shell that is to become it may not have done so yet.
      await until("it sleeps", () => sleeps("4712").length === 1);
      signalAll(sleeps("4712"), "SIGKILL");
    });

    test("that another user runs has this user's rights and group alone", async () => {
      const ended = await sh("id -u; id -G; grep -c . /var/lib/pulumi-chroot/*", { ids: account.www });
      if (flavour === "gnu") assert.match(ended.printed, /^1033\n1033\n.*denied/is);
      else assert.equal(ended.failed, "the host has no chroot of GNU coreutils: only root can run it");
    });
  });

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { readProgram } from "../../../provider/agent/channel/shell-program";
import { attempt, readerFor } from "../../../provider/agent/requests/command";
import { lockRegistry } from "../../../provider/agent/requests/registry";
import { signalAll } from "../../../scripts/lab/processes";
import { withAgent } from "../../support/connections";
import { until } from "../../support/daemon";
import { change, siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import { sleeping } from "../../support/sleeping";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a command on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: { ...account, other: { uid: 1044, gid: 1044 } } }, async (made) => {
      host = made;
      await host.must("mkdir /srv/jail");
    });
    const site = () => siteOn(host, "/srv/jail");
    const run = (argv: string[], more: { timeLimit?: number; ids?: { uid: number; gid: number } } = {}) =>
      change(site(), async (agent) => {
        const reader = more.ids && (await readerFor(agent, more.ids));
        return attempt(agent, { argv, timeLimit: more.timeLimit ?? 20 }, reader);
      });
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
      expect(Buffer.from(printed, "latin1").toString("utf8")).toBe(odd.map((word) => `<${word}>`).join(""));
      expect(failed).toBe("exit status 7");
      expect((await sh("exit 124")).failed).toBe("exit status 124");
      expect((await sh("kill -KILL $$")).failed).toBe("exit status 137");
      expect((await run(["/no/such"])).failed ?? "").toMatch(
        /^exit status 127, a command that is not found: install it/,
      );
      expect((await sh("echo; head -c 100000 /dev/zero")).printed.length).toBe(2000);
      expect(await sh('read -r line; echo "<$line>"')).toStrictEqual({ printed: "<>" });
    });

    test("has nothing of the agent's", async () => {
      const { printed } = await sh("umask; pwd; cd /proc/self/fd; echo *; env");
      const [umask, directory, descriptors, ...variables] = printed.split("\n");
      expect([umask, directory]).toStrictEqual(["0022", "/"]);
      // The shell may open one more descriptor for the directory that it reads.
      expect(descriptors ?? "").toMatch(/^0 1 2( [34])?$/);
      for (const variable of variables) expect(variable).not.toMatch(/^(NONCE|REGISTRY|STAG|ENTERED)/);
    });

    test("that hangs ends at its limit, with all that it has started, and the agent goes on", async () => {
      const started = performance.now();
      const { failed } = await sh("trap '' TERM; sleep 4711 & sleep 4711; sleep 4711", { timeLimit: 1 });
      expect(failed).toBe("it took longer than 1 s");
      expect(performance.now() - started).toBeLessThan(12_000);
      expect(sleeps("4711")).toStrictEqual([]);
      assert.equal(await host.must("ls -A /var/lib/pulumi-chroot"), "", "nothing of it is left");
    });

    test("what it starts goes on when the agent has ended, and holds no lock", async () => {
      const started = performance.now();
      expect(await sh("sleep 4712 & exit 0")).toStrictEqual({ printed: "" });
      assert.ok(performance.now() - started < 8000, "nobody waits for it");
      await withAgent(site(), (agent) => lockRegistry(agent, "-x"));
      // On a busy machine the shell that is to become it may not have done so yet.
      await until("it sleeps", () => sleeps("4712").length === 1);
      signalAll(sleeps("4712"), "SIGKILL");
    });

    test("with a user's rights has a number of its own, this group alone, nothing to become more by, and leaves nobody behind", async () => {
      if (flavour === "busybox")
        return expect(sh("id", { ids: account.www })).rejects.toThrow(
          /the host has no setpriv of util-linux: only root can run it/,
        );
      const ended = await sh(
        "id -u; id -G; grep -E '^(Cap|NoNew)' /proc/self/status; cat /var/lib/pulumi-chroot/*; setsid sleep 4713 &",
        {
          ids: account.www,
        },
      );
      const [uid = "", gids, ...more] = ended.printed.split("\n");
      assert.ok(Number(uid) >= 2_100_000_000, uid);
      expect(gids).toBe("1033");
      expect(more.join("\n")).toMatch(/^(Cap\w+:\t0{16}\n){5}NoNewPrivs:\t1\n.*denied/is);
      expect(sleeps("4713")).toStrictEqual([]);
    });

    test("has a number that no user, group, jail or process of the host has, and that a container can use", async () => {
      const library = readProgram();
      const functions = library.slice(library.indexOf("transient() {"), library.indexOf("# powerless GID"));
      const shell = (script: string) => host.must(`set -f\n${functions}\n${script}`);
      const span = 'echo "$((NOBODY - 2100000000 - $$))"';
      expect(await shell(`transient; ${span}`)).toBe("0\n");
      const taken = 'n=$((2100000000 + $$)); cp /etc/passwd /etc/kept; echo "x:x:$n:1::/:/" >>/etc/passwd';
      expect(await shell(`${taken}; transient; ${span}; mv /etc/kept /etc/passwd`)).toBe("1\n");
      const sleeper = host.spawn(["sh", "-c", "echo; exec sleep 600"], {
        as: { uid: 2_100_000_777, gid: 2_100_000_778 },
      });
      await new Promise((resolve) => sleeper.stdout?.once("data", resolve));
      await host.must(`mkdir -p /var/lib/pulumi-chroot/other; echo '{"user": "2100000999", "uid": 2100000998}' >/var/lib/pulumi-chroot/other/a.json
        cp /etc/group /etc/kept; echo 'one:x:2100000888:' >>/etc/group`);
      const answers = await shell(
        "for n in 777 778 888 999 998 776 99; do is_number_taken 2100000$n && echo yes || echo no; done",
      );
      expect(answers).toBe("yes\nyes\nyes\nyes\nyes\nno\nno\n");
      await host.must("mv /etc/kept /etc/group; rm -r /var/lib/pulumi-chroot/other");
      await host.kill(sleeper);
      expect(await shell("has_numbers 2100000000 40000000 && echo yes")).toBe("yes\n");
      if (flavour === "busybox") return;
      await host.must("cat >/tmp/functions", { stdin: `set -f\n${functions}\n` });
      const few = (map: string) =>
        host.must(`unshare -U sh -c 'until grep -q . /proc/self/uid_map; do :; done; . /tmp/functions; transient; echo "$NOBODY"' &
          until [ "$(readlink /proc/$!/ns/user)" != "$(readlink /proc/self/ns/user)" ]; do :; done
          echo '${map}' >/proc/$!/uid_map; wait`);
      expect(await few("0 0 65536")).toMatch(/^(60[6-9]|610)\d\d\n$/);
      expect(await few("0 0 1000")).toBe("\n");
    });
  });

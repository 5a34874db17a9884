import assert from "node:assert/strict";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { afterEach, describe, expect, test } from "@jest/globals";
import { attempt } from "../../provider/agent/requests/command";
import { look } from "../../provider/agent/requests/observe";
import { lockRegistry } from "../../provider/agent/requests/registry";
import { seal } from "../../provider/agent/requests/seal";
import type { Bytes } from "../../provider/model/bytes";
import type { Become } from "../../provider/model/connection";
import { hostProcesses, signalAll } from "../../scripts/lab/processes";
import { closeAll, withAgent } from "./connections";
import { shortSleep, wake } from "./faults";
import { change, siteOn } from "./jail-site";
import { account } from "./program";
import type { LabHost } from "./sshd";
import { installSudo, password, sudoer, sudoers } from "./sudoer";
import { useHost } from "./use-host";

const allowed = "admin ALL=(root) /bin/sh";
const sudo: Become = { method: "sudo", password };
/** Time for work that takes some seconds on an idle machine. */
const patienceMs = 60_000;
/** While it is there, chmod takes its time. */
const slow = "/opt/slow";
const logged = "Defaults log_input,log_output,!compress_io,iolog_dir=/var/log/sudo-io";

/** Ways to root on a host, with the lines of its sudoers file. */
const settings = {
  sudo: [sudo, "Defaults !use_pty", allowed],
  "sudo with a terminal of its own": [sudo, "Defaults use_pty", allowed],
  "sudo that logs all it carries": [sudo, logged, allowed],
  doas: [{ method: "doas" }],
} satisfies Record<string, [Become, ...string[]]>;

/** An agent that sudo or doas has started ends as one of root's own login: whichever process dies, no directory stays closed or locked. */
export function testBecome(flavour: "gnu" | "busybox", ways: readonly (keyof typeof settings)[]): void {
  for (const how of ways) {
    const [become, ...lines] = settings[how];
    describe(`the agent on ${flavour}, through ${how}`, () => {
      let host: LabHost;
      useHost({ flavour, accounts: { ...sudoer, ...account } }, async (made) => {
        host = made;
        await installSudo(host);
        sudoers(host, ...lines);
        writeFileSync(host.path("/etc/doas.conf"), "permit nopass admin as root cmd /bin/sh\n");
        chmodSync(host.path("/etc/doas.conf"), 0o600);
        const bin = (await host.sh("test -x /usr/bin/sleep")).code === 0 ? "/usr/bin" : "/bin";
        await host.replace(`${bin}/sleep`, shortSleep);
        await host.replace(
          `${bin}/chmod`,
          (original) => `#!/bin/sh\n[ ! -e ${slow} ] || sleep 4\nexec ${original} "$@"\n`,
        );
        await host.must("mkdir -p /srv/jail/data/own; cd /srv/jail; chown -R www:www data; chmod 0770 data");
      });
      afterEach(closeAll);
      const site = () => siteOn(host, "/srv/jail", { user: "admin", become, perDialTimeout: 60 });
      const open = "1033:1033 770\n1033:1033 755\n";
      const state = () => host.must("stat -c '%u:%g %a' /srv/jail/data /srv/jail/data/own");
      const named = (...names: string[]) => hostProcesses(host.pid).filter(({ name }) => names.includes(name));

      /** Locks, closes directories and ends in some way; then every directory is open, the lock is free, and no process is left. */
      async function ends(way: () => unknown): Promise<void> {
        const over = withAgent(site(), async (agent) => {
          await Promise.all([lockRegistry(agent, "-x"), look(agent)]);
          await seal(agent, ["data" as Bytes], []);
          assert.notEqual(await state(), open, "it is closed");
          await way();
          await until(async () => (await state()) === open);
        });
        await over;
        rmSync(host.path(wake), { force: true });
        await until(() => named("sudo", "doas", "sleep", "flock").length === 0);
        await withAgent(site(), (agent) => lockRegistry(agent, "-x"));
      }
      async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
        for (const start = Date.now(); !(await holds()); await setTimeout(50))
          if (Date.now() - start > patienceMs)
            throw new Error(`${await state()}${JSON.stringify(hostProcesses(host.pid))}`);
      }
      const kill = (...names: string[]) =>
        signalAll(
          named(...names).map(({ pid }) => pid),
          "SIGKILL",
        );

      test("ends when the connection is cut", () => ends(() => host.cut()));
      test("ends when what has started it is killed", () => ends(() => kill("sudo", "doas")));
      test("ends when its client is silent", () => ends(() => writeFileSync(host.path(wake), "")));

      // doas kills its child two seconds after a signal to itself.
      test("ends when its client is silent, however long it takes to open all", () =>
        ends(() => {
          writeFileSync(host.path(slow), "");
          writeFileSync(host.path(wake), "");
        }).finally(() => rmSync(host.path(slow), { force: true })));

      test("runs what it is told to as root's own login does", async () => {
        const script =
          "id; pwd; umask; env | grep -v -e ^SSH_ -e ^MAIL= -e ^SHLVL -e ^_= -e ^OLDPWD -e ^TERM -e ^LANG | sort";
        const run = (more: object) =>
          change({ ...site(), ...siteOn(host, "/srv/jail", more) }, (agent) =>
            attempt(agent, { argv: ["sh", "-c", script], timeLimit: 20 }),
          );
        expect((await run({ user: "admin", become })).printed).toBe((await run({})).printed);
      });
    });
  }
}

import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import type { Agent } from "../../provider/agent/channel/agent";
import { look } from "../../provider/agent/requests/observe";
import { lockRegistry } from "../../provider/agent/requests/registry";
import { seal } from "../../provider/agent/requests/seal";
import type { Bytes } from "../../provider/model/bytes";
import { hostProcesses, signalAll } from "../../scripts/lab/processes";
import { withAgent } from "../support/connections";
import { shortSleep, wake } from "../support/faults";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/**
 * A client that is gone without a word: the line swallows everything, and sshd does not know. From then on the agent's
 * limit of 60 s is less than half a second here.
 */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`a ${flavour} host whose client is silent`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      const sleep = flavour === "gnu" ? "/usr/bin/sleep" : "/bin/sleep";
      await host.replace((await host.sh(`test -x ${sleep}`)).code === 0 ? sleep : "/usr/bin/sleep", shortSleep);
      await host.must(`mkdir -p /srv/jail/data/own; cd /srv/jail; : >data/own/file; chown -R www:www data; chmod 0770 data
        mkdir many; cd many; seq 5000 | sed 's/.*/&-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/' | xargs touch`);
    });
    const site = () => siteOn(host, "/srv/jail", { perDialTimeout: 120 });
    const open = "1033:1033 770\n1033:1033 755\n";
    const state = () => host.must("stat -c '%u:%g %a' /srv/jail/data /srv/jail/data/own");

    /** Locks, seals, and keeps the agent busy with `last`; then the client sends nothing more. */
    async function vanish(last: (agent: Agent) => unknown): Promise<void> {
      const gone = await withAgent(site(), async (agent) => {
        await Promise.all([lockRegistry(agent, "-x"), look(agent)]);
        await seal(agent, ["data" as Bytes], []);
        assert.notEqual(await state(), open, "it is closed");
        await last(agent);
        writeFileSync(host.path(wake), "");
        // The connection stays open. A time limit makes a failure visible, so the test does not hang.
        return Promise.race([opened(), setTimeout(20_000, "still closed")]);
      });
      // Another connection: this one may hang.
      rmSync(host.path(wake));
      await host.cut();
      expect(gone).toBe("open again");
      await withAgent(site(), (agent) => lockRegistry(agent, "-x"));
      await noAgents();
    }
    async function opened(): Promise<string> {
      while ((await state()) !== open) await setTimeout(100);
      return "open again";
    }
    const processes = (name: string) => hostProcesses(host.pid).filter((process) => process.name.startsWith(name));
    async function noAgents(): Promise<void> {
      while (processes("sleep").length > 0) await setTimeout(50);
    }

    test("opens what is closed and gives up the lock when no request comes", () => vanish(() => undefined));

    test("does so when the rest of a request does not come", () =>
      vanish((agent) => void agent.request("chown 100 0:0", Buffer.from("./etc")).catch(() => undefined)));

    test("does so when nobody takes what it says", () =>
      vanish(async (agent) => {
        // The session's sshd stands still: the agent's output fills the pipe, and the agent waits for ever.
        await agent.request("zone");
        const replies = Array.from({ length: 50 }, () => agent.request("scan"));
        for (const reply of replies) reply.catch(() => undefined);
        await replies[0];
        const sshds = processes("sshd").filter(({ parent }) => processes("sshd").some(({ pid }) => pid === parent));
        signalAll(
          sshds.map(({ pid }) => pid),
          "SIGSTOP",
        );
      }));

    test("does not end while it works, however long that takes", async () => {
      const chown = flavour === "gnu" ? "/usr/bin/chown" : "/bin/chown";
      const path = (await host.sh(`test -x ${chown}`)).code === 0 ? chown : "/usr/bin/chown";
      await host.replace(path, (original) => `#!/bin/sh\n: >${wake}\nsleep 1.2\nrm ${wake}\nexec ${original} "$@"\n`);
      await withAgent(site(), async (agent) => {
        await Promise.all([lockRegistry(agent, "-x"), look(agent)]);
        const { closed } = await seal(agent, ["data" as Bytes], []);
        expect(closed.length).toBe(2);
        expect((await agent.request("relax all")).status).toBe(0);
      });
      await host.restore(path);
      expect(await state()).toBe(open);
    });
  });

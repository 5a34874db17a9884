import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { withAgent } from "../../provider/agent/channel/connect";
import { observe } from "../../provider/agent/requests/observe";
import { Connections } from "../../provider/ssh/connections";
import { IdleTimer } from "../../provider/ssh/idle-timer";
import { hostProcesses } from "../../scripts/lab/processes";
import { siteOn } from "../support/jail-site";
import { type LabHost, startHost } from "../support/sshd";

test("what nobody uses is closed, what somebody does is not, however long it takes", async () => {
  let closed = 0;
  const idle = new IdleTimer(() => closed++, 50);
  await Promise.all([idle.during(setTimeout(200)), idle.during(setTimeout(10))]);
  expect(closed).toBe(0);
  await expect(idle.during(Promise.reject(new Error("failed")))).rejects.toThrow();
  expect(closed).toBe(0);
  await setTimeout(100);
  expect(closed).toBe(1);
});

describe("a connection", () => {
  /** Milliseconds. The child process of a test has a limit of its own. */
  const limit = 5000;
  const connections = new Connections(limit);
  let hosts: LabHost[];
  beforeAll(async () => {
    hosts = await Promise.all(Array.from({ length: 6 }, () => startHost()));
    await Promise.all(hosts.map((host) => host.must("mkdir -p /srv/a")));
  });
  afterAll(async () => {
    await connections.close();
    await Promise.all(hosts.map((host) => host.close()));
  });

  const at = (index: number): LabHost => hosts[index] ?? assert.fail("no such host");
  /** Open connections as the host sees them: its sshd processes, without the listener. */
  const open = (host: LabHost) => hostProcesses(host.pid).filter(({ name }) => name.startsWith("sshd")).length > 1;
  async function closes(host: LabHost): Promise<void> {
    assert.ok(open(host), "it is open");
    for (const start = Date.now(); open(host); await setTimeout(100))
      assert.ok(Date.now() - start < 20 * limit, "it is still open");
  }

  test.concurrent("that nobody closes keeps no process from ending, and goes with it", async () => {
    const built = join(__dirname, "..", "..", "provider");
    const program = `const { Connections } = require(${JSON.stringify(join(built, "ssh", "connections"))});
      const { observe } = require(${JSON.stringify(join(built, "agent", "requests", "observe"))});
      const site = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
      observe(new Connections(${limit}), site).then(() => console.log("looked"))`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
    const [ended, said] = [once(child, "exit"), once(child.stdout, "data")];
    child.stdin.end(JSON.stringify(siteOn(at(0), "/srv/a")));
    expect(String(await said)).toBe("looked\n");
    await closes(at(0));
    await Promise.race([ended, setTimeout(2000).then(() => assert.fail("it has not ended"))]);
    expect(child.exitCode).toBe(0);
  });

  test.concurrent("that is idle is closed and dialled again, one with a silent channel stays, and so does the jump host before it", async () => {
    const busy = { ...siteOn(at(1), "/srv/a", { perDialTimeout: 120 }).connection, proxy: at(2).connection };
    await withAgent(connections, { connection: busy, root: "/srv/a" }, async (agent) => {
      await observe(connections, siteOn(at(3), "/srv/a"));
      await agent.request("look");
      await closes(at(3));
      await observe(connections, siteOn(at(3), "/srv/a"));
      expect(at(3).connections()).toBe(2);
      expect((await agent.request("look")).status).toBe(0);
    });
    expect([at(1).connections(), at(2).connections()]).toStrictEqual([1, 1]);
  });

  test.concurrent("to a jump host is closed when the host behind it has gone, or was never there", async () => {
    const behind = siteOn(at(4), "/srv/a").connection;
    await observe(connections, { connection: { ...behind, proxy: at(5).connection }, root: "/srv/a" });
    await at(4).cut();
    await expect(
      observe(connections, { connection: { ...behind, port: 1, proxy: at(5).connection }, root: "/srv/a" }),
    ).rejects.toThrow();
    await closes(at(5));
  });
});

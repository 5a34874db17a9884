import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { observe, withAgent } from "../../provider/agent/observe";
import { closeAll } from "../../provider/ssh/host";
import { Idle } from "../../provider/ssh/idle";
import { hostProcesses } from "../../scripts/lab/processes";
import { siteOn } from "../support/jail-site";
import { type LabHost, startHost } from "../support/sshd";

test("what nobody uses is closed, what somebody does is not, however long it takes", async () => {
  let closed = 0;
  const idle = new Idle(() => closed++, 50);
  await Promise.all([idle.during(setTimeout(200)), idle.during(setTimeout(10))]);
  assert.equal(closed, 0);
  await assert.rejects(idle.during(Promise.reject(new Error("failed"))));
  assert.equal(closed, 0);
  await setTimeout(100);
  assert.equal(closed, 1);
});

describe("a connection", { concurrency: true }, () => {
  /** Seconds after which what is idle has gone, on a slow machine too. */
  const gone = 36;
  let hosts: LabHost[];
  before(async () => {
    hosts = await Promise.all(Array.from({ length: 6 }, () => startHost()));
    await Promise.all(hosts.map((host) => host.must("mkdir -p /srv/a")));
  });
  after(async () => {
    await closeAll();
    await Promise.all(hosts.map((host) => host.close()));
  });

  const at = (index: number): LabHost => hosts[index] ?? assert.fail("no such host");
  /** Connections that are open at a host, as it sees them: beside what they run there is the listener. */
  const open = (host: LabHost) => hostProcesses(host.pid).filter(({ name }) => name.startsWith("sshd")).length > 1;
  async function closes(host: LabHost): Promise<void> {
    assert.ok(open(host), "it is open");
    for (const start = Date.now(); open(host); await setTimeout(200))
      assert.ok(Date.now() - start < gone * 1000, "it is still open");
  }

  test("that nobody closes keeps no process from ending, and goes with it", async () => {
    const program = `require(${JSON.stringify(join(__dirname, "..", "..", "provider", "agent", "observe"))})
      .observe(JSON.parse(require("node:fs").readFileSync(0, "utf8"))).then(() => console.log("looked"))`;
    const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
    const [ended, said] = [once(child, "exit"), once(child.stdout, "data")];
    child.stdin.end(JSON.stringify(siteOn(at(0), "/srv/a")));
    assert.equal(String(await said), "looked\n");
    await closes(at(0));
    await Promise.race([ended, setTimeout(2000).then(() => assert.fail("it has not ended"))]);
    assert.equal(child.exitCode, 0);
  });

  test("that is idle is closed and dialled again, one with a silent channel stays, and so does the jump host before it", async () => {
    const busy = { ...siteOn(at(1), "/srv/a", { perDialTimeout: 120 }).connection, proxy: at(2).connection };
    await withAgent({ connection: busy, root: "/srv/a" }, async (agent) => {
      await observe(siteOn(at(3), "/srv/a"));
      await agent.request("look");
      await closes(at(3));
      await observe(siteOn(at(3), "/srv/a"));
      assert.equal(at(3).connections(), 2);
      assert.equal((await agent.request("look")).status, 0);
    });
    assert.deepEqual([at(1).connections(), at(2).connections()], [1, 1]);
  });

  test("to a jump host is closed when the host behind it has gone, or was never there", async () => {
    const behind = siteOn(at(4), "/srv/a").connection;
    await observe({ connection: { ...behind, proxy: at(5).connection }, root: "/srv/a" });
    await at(4).cut();
    await assert.rejects(observe({ connection: { ...behind, port: 1, proxy: at(5).connection }, root: "/srv/a" }));
    await closes(at(5));
  });
});

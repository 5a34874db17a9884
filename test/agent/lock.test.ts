import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Agent } from "../../provider/agent/agent";
import { dropRecords, putRecords, tidyRegistry } from "../../provider/agent/apply";
import { lockRegistry, observe, withAgent } from "../../provider/agent/observe";
import type { Site } from "../../provider/agent/site";
import { ChrootError } from "../../provider/errors";
import type { RegistryRecord } from "../../provider/intent/declaration";
import { change, siteOn } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

let host: LabHost;
let machine = "";
let count = 0;
useHost({}, async (made) => {
  host = made;
  machine = (await host.must("cat /etc/machine-id")).trim();
});

/** A root that no other test has. */
async function freshSite(): Promise<Site> {
  const root = `/srv/jail${++count}`;
  await host.must(`mkdir ${root}`);
  return siteOn(host, root, { perDialTimeout: 4 });
}

function recordOf(name: string, args: Record<string, unknown> = {}): RegistryRecord {
  const token = name.padStart(32, "0");
  return { schema: 1, kind: "PermissionRule", token, label: `PermissionRule::${token}`, stack: "p/s", machine, args };
}

/** Holds the lock until `release` is called. */
async function hold(
  site: Site,
  mode: "-s" | "-x",
): Promise<{ release(last?: (agent: Agent) => Promise<void>): Promise<void> }> {
  let locked = () => {};
  let end: (last: (agent: Agent) => Promise<void>) => void = () => {};
  const isLocked = new Promise<void>((resolve) => {
    locked = resolve;
  });
  const ended = new Promise<(agent: Agent) => Promise<void>>((resolve) => {
    end = resolve;
  });
  const done = withAgent(site, async (agent) => {
    await lockRegistry(agent, site, mode);
    locked();
    await (await ended)(agent);
  });
  await Promise.race([isLocked, done]);
  return {
    release: (last = async () => undefined) => {
      end(last);
      return done;
    },
  };
}

async function events(work: Promise<unknown>, name: string, log: string[]): Promise<void> {
  await work;
  log.push(name);
}

test("a writer waits for a writer, a reader for a writer, a writer for a reader, and readers for nobody", async () => {
  const site = await freshSite();
  await change(site, (agent) => putRecords(agent, site, [recordOf("aa")]));
  const take = (mode: "-s" | "-x") => withAgent(site, (agent) => lockRegistry(agent, site, mode));
  for (const [first, second, waits] of [
    ["-x", "-x", true],
    ["-x", "-s", true],
    ["-s", "-x", true],
    ["-s", "-s", false],
  ] as const) {
    const log: string[] = [];
    const { release } = await hold(site, first);
    const later = events(take(second), "second", log);
    await setTimeout(300);
    assert.deepEqual(log, waits ? [] : ["second"], `${second} while ${first} is held`);
    await release();
    await later;
  }
});

test("who waits too long is told that another run is at work, within the limit", async () => {
  const site = await freshSite();
  await change(site, (agent) => putRecords(agent, site, [recordOf("aa")]));
  const { release } = await hold(site, "-x");
  const hasty = { ...site, connection: { ...site.connection, perDialTimeout: 1.5 } };
  const patient = { ...site, connection: { ...site.connection, perDialTimeout: 0 } };
  const waiting = observe(patient);
  const start = Date.now();
  for (const look of [observe, (at: Site) => withAgent(at, (agent) => lockRegistry(agent, at, "-x"))])
    await assert.rejects(look(hasty), (error) => {
      assert.ok(error instanceof ChrootError);
      assert.equal(error.code, "busy");
      assert.match(
        error.message,
        /the jail is locked: .*: another run has been changing it for more than 1 s\nwait for/,
      );
      return true;
    });
  assert.ok(Date.now() - start < 5000);
  await release();
  for (const seen of [waiting, observe(hasty)]) assert.equal((await seen).records.length, 1);
});

test("a lock that was waited for holds also when the directory has gone with the last record meanwhile", async () => {
  const site = await freshSite();
  await change(site, (agent) => putRecords(agent, site, [recordOf("aa")]));
  const log: string[] = [];
  const { release } = await hold(site, "-x");
  const writer = hold(site, "-x");
  const reader = events(observe(site), "reader", log);
  await setTimeout(200);
  await release(async (agent) => {
    await dropRecords(agent, site, [recordOf("aa").token]);
    await tidyRegistry(agent);
  });
  await reader;
  const second = await writer;
  const third = events(
    change(site, (agent) => putRecords(agent, site, [recordOf("cc")])),
    "third",
    log,
  );
  await setTimeout(300);
  assert.deepEqual(log, ["reader"], "the lock is on the directory that is there now");
  await second.release((agent) => putRecords(agent, site, [recordOf("bb")]));
  await third;
  assert.deepEqual((await observe(site)).records, [recordOf("bb"), recordOf("cc")]);
});

test("whoever makes a registry again, that another one has just removed, keeps it", async () => {
  const site = await freshSite();
  // Each is the last one in it, and ends while the next one begins.
  for (let n = 0; n < 40; n++)
    await change(site, async (agent) => {
      await agent.request("look");
      const reply = await agent.request("put 1 note", Buffer.from("x"));
      assert.equal(reply.status, 0, `${n}: ${reply.error}`);
      await agent.request("drop note");
    });
});

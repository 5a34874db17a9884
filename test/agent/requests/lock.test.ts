import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import type { Agent } from "../../../provider/agent/channel/agent";
import { dropRecords, lockRegistry, putRecords, tidyRegistry } from "../../../provider/agent/requests/registry";
import type { Site } from "../../../provider/agent/site";
import { ChrootError } from "../../../provider/errors";
import { observe, withAgent } from "../../support/connections";
import { change } from "../../support/jail-site";
import { useRegistryHost } from "../../support/registry-host";

const { freshRoot, recordOf } = useRegistryHost();

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
    await lockRegistry(agent, mode);
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
  const { site } = await freshRoot();
  await change(site, (agent) => putRecords(agent, [recordOf("aa")]));
  const take = (mode: "-s" | "-x") => withAgent(site, (agent) => lockRegistry(agent, mode));
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
  const { site } = await freshRoot();
  await change(site, (agent) => putRecords(agent, [recordOf("aa")]));
  const { release } = await hold(site, "-x");
  const hasty = { ...site, connection: { ...site.connection, perDialTimeout: 1.5 } };
  const patient = { ...site, connection: { ...site.connection, perDialTimeout: 0 } };
  const waiting = observe(patient);
  const start = Date.now();
  for (const look of [observe, (at: Site) => withAgent(at, (agent) => lockRegistry(agent, "-x"))])
    await assert.rejects(look(hasty), (error) => {
      assert.ok(error instanceof ChrootError);
      expect(error.code).toBe("busy");
      expect(error.message).toMatch(
        /the jail is locked: .*: another run has been changing it for more than 1 s\nwait for/,
      );
      return true;
    });
  expect(Date.now() - start).toBeLessThan(5000);
  await release();
  for (const seen of [waiting, observe(hasty)]) expect((await seen).records.length).toBe(1);
});

test("a lock that was waited for holds also when the directory has gone with the last record meanwhile", async () => {
  const { site } = await freshRoot();
  await change(site, (agent) => putRecords(agent, [recordOf("aa")]));
  const log: string[] = [];
  const { release } = await hold(site, "-x");
  const writer = hold(site, "-x");
  const reader = events(observe(site), "reader", log);
  await setTimeout(200);
  await release(async (agent) => {
    await dropRecords(agent, [recordOf("aa").token]);
    await tidyRegistry(agent);
  });
  await reader;
  const second = await writer;
  const third = events(
    change(site, (agent) => putRecords(agent, [recordOf("cc")])),
    "third",
    log,
  );
  await setTimeout(300);
  assert.deepEqual(log, ["reader"], "the lock is on the directory that is there now");
  await second.release((agent) => putRecords(agent, [recordOf("bb")]));
  await third;
  expect((await observe(site)).records).toStrictEqual([recordOf("bb"), recordOf("cc")]);
});

test("whoever makes a registry again, that another one has just removed, keeps it", async () => {
  const { site } = await freshRoot();
  // Each is the last one in it, and ends while the next one begins.
  for (let n = 0; n < 40; n++)
    await change(site, async (agent) => {
      await agent.request("look");
      const reply = await agent.request("put 1 note", Buffer.from("x"));
      assert.equal(reply.status, 0, `${n}: ${reply.error}`);
      await agent.request("drop note");
    });
});

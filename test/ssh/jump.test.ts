import assert from "node:assert/strict";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { ChrootError, type ErrorCode } from "../../provider/errors";
import type { Connection } from "../../provider/model/connection";
import { makeKey } from "../../scripts/lab/keys";
import { closeAll, observe } from "../support/connections";
import { type LabConnection, type LabHost, startHost } from "../support/sshd";

/** Three hosts, each with its own key, user and host key; a fourth behind the same jump hosts. */
const users = ["jumper", "hopper", "root", "root"];
let hosts: LabHost[];
beforeAll(async () => {
  const account = (uid: number) => ({ uid, gid: uid, shell: "/bin/sh" });
  const accounts = { jumper: account(1041), hopper: account(1042) };
  hosts = await Promise.all(users.map(() => startHost({ accounts })));
  await Promise.all(hosts.map((host) => host.must("mkdir -p /srv/jail")));
});
afterEach(closeAll);
afterAll(() => Promise.all(hosts.map((host) => host.close())));

const at = (index: number): LabHost => hosts[index] ?? assert.fail("no such host");
const serverOf = (index: number, more: Partial<LabConnection> = {}) => ({
  ...at(index).connection,
  user: users[index] ?? "root",
  ...more,
});
const name = (index: number) => `${users[index]}@127.0.0.1:${at(index).port}`;
const look = (connection: Connection) => observe({ connection, root: "/srv/jail" });

/** The chain to the third host, with one of the three changed. */
function chain(index?: number, more: Partial<LabConnection> = {}): Connection {
  const [first, second, target] = [0, 1, 2].map((one) => serverOf(one, one === index ? more : {}));
  assert.ok(first && second && target);
  return { ...target, proxy: [first, second] };
}

async function refused(connection: Connection, code: ErrorCode, where: string, why: RegExp): Promise<void> {
  await assert.rejects(look(connection), (error) => {
    assert.ok(error instanceof ChrootError, String(error));
    assert.equal(error.code, code, error.message);
    assert.ok(error.message.includes(where), `${error.message} names ${where}`);
    expect(error.message).toMatch(why);
    expect(error.message).not.toMatch(/PRIVATE KEY/);
    return true;
  });
}

describe("jump hosts", () => {
  test("lead there: one, a list of one, and a chain of three servers", async () => {
    const target = serverOf(2);
    for (const connection of [{ ...target, proxy: serverOf(0) }, { ...target, proxy: [serverOf(1)] }, chain()]) {
      for (const host of hosts) host.resetCounts();
      expect((await look(connection)).entries.size).toBe(1);
      const count = Array.isArray(connection.proxy) ? connection.proxy.length : 1;
      const came = [0, 1].reduce((sum, index) => sum + at(index).connections(), 0);
      expect([came, at(2).connections()]).toStrictEqual([count, 1]);
      await closeAll();
    }
  });

  test("are connected to once for all hosts behind them", async () => {
    for (const host of hosts) host.resetCounts();
    const { proxy } = chain();
    await Promise.all([look(chain()), look({ ...serverOf(3), proxy }), look(chain())]);
    expect(hosts.map((host) => host.connections())).toStrictEqual([1, 1, 1, 1]);
  });

  for (const [index, place] of ["first", "second", "target"].entries()) {
    test(`whose ${place} has another key is refused by its name, and no login is tried there`, async () => {
      at(index).resetCounts();
      const { publicKey } = makeKey("ed25519");
      await refused(chain(index, { hostKey: publicKey }), "host-key", name(index), /its host key has changed/);
      expect(at(index).connections()).toBe(0);
    });

    test(`whose ${place} does not take the login says which`, () => {
      const { privateKey } = makeKey("ed25519");
      return refused(chain(index, { privateKey }), "authentication", name(index), /does not accept connection\.priv/);
    });

    test(`whose ${place} is not there says which`, async () => {
      await at(index).stopSshd();
      try {
        await refused(chain(), "unreachable", name(index), index === 0 ? /ECONNREFUSED/ : /does not lead there/);
      } finally {
        await at(index).startSshd();
      }
    });
  }

  test("that forward nothing are no sign that the host behind is gone", async () => {
    const strict = await startHost({ sshdConfig: ["AllowTcpForwarding no"] });
    try {
      const proxy = { ...strict.connection };
      const why = new RegExp(
        `jump host root@127\\.0\\.0\\.1:${strict.port} does not lead there.*\n.*AllowTcpForwarding`,
      );
      await refused({ ...serverOf(2), proxy }, "refused", name(2), why);
    } finally {
      await closeAll();
      await strict.close();
    }
  });
});

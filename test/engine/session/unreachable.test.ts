import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Verbs } from "../../../provider/dynamic/verbs";
import { UnreachableHosts } from "../../../provider/engine/session/unreachable";
import type { Connection } from "../../../provider/model/connection";
import { kinds } from "../../../provider/resources/kinds";
import { observe } from "../../support/connections";
import { newEngine } from "../../support/session";

describe("a host that says nothing", () => {
  const sockets: Socket[] = [];
  let server: Server;
  let connection: Connection;
  beforeAll(async () => {
    server = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await once(server, "listening");
    connection = {
      host: "127.0.0.1",
      port: (server.address() as AddressInfo).port,
      password: "x",
      perDialTimeout: 0.5,
    };
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  /** How often it is dialled meanwhile. */
  async function dialled(work: () => Promise<unknown>): Promise<number> {
    const begin = sockets.length;
    await work();
    return sockets.length - begin;
  }
  const unreachable = new UnreachableHosts(async () => {});
  const deletion = (root: string, more: Partial<Connection>) => {
    const site = { connection: { ...connection, ...more }, root };
    const declaration = { kind: "Jail", owner: { token: root, label: `Jail::${root}` }, args: { root } };
    return unreachable.deleteOn(site, declaration, async () => void (await observe(site)));
  };

  test("is waited for once by all deletes of a phase, and told once what to do", async () => {
    const count = await dialled(async () => {
      await expect(deletion("/srv/a", {})).rejects.toThrow(
        /:\/srv\/a: no answer for 0\.5 s.*\n.*onUnreachable: "skip".*pulumi up.*pulumi state delete --target-dependents URN/,
      );
      await assert.rejects(
        deletion("/srv/b", {}),
        /^ChrootError: cannot connect: root@.*:\/srv\/b: the host did not answer before.*\nsee there$/,
      );
      await deletion("/srv/c", { onUnreachable: "skip" });
    });
    expect(count).toBe(1);
  });

  test("is waited for by the look of an update that says skip, and not again by the update", async () => {
    const verbs = new Verbs(kinds.get("Jail") ?? assert.fail(), newEngine());
    const args = {
      root: "/srv/d",
      baseline: { owner: "root", group: "root", fileMode: "0640", directoryMode: "0750" },
      user: "www",
      group: "www",
    };
    const olds = { ...args, connection, token: "a".repeat(32), drift: {} };
    const news = { ...args, connection: { ...connection, onUnreachable: "skip" } };
    let outs: Record<string, unknown> = {};
    const count = await dialled(async () => {
      const { inputs, failures } = await verbs.check(olds, {
        ...news,
        turn: { urn: "urn:pulumi:dev::test::a:b::d", preview: false },
      });
      expect(failures).toBe(undefined);
      ({ outs } = await verbs.update(olds.token, olds, inputs));
    });
    expect(outs["connection"]).toStrictEqual(news.connection);
    expect(count).toBe(1);
  });
});

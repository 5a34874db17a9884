import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { gate } from "../../provider/lifecycle";
import { hasUnknown } from "../../provider/model/unknown";
import type { Values } from "../../provider/model/values";
import { freePort } from "../support/free-port";

const fixture = join(__dirname, "..", "..", "..", "test", "fixtures", "state", "0.3.0-gate.json");
const { id, inputs, outputs } = JSON.parse(readFileSync(fixture, "utf8")) as {
  readonly id: string;
  readonly inputs: Values;
  readonly outputs: Values;
};

let server: Server;
let open = 0;
let closed = 0;
beforeAll(async () => {
  server = createServer((socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open = (server.address() as { port: number }).port;
  closed = await freePort();
});
afterAll(() => {
  server.close();
});

/** The inputs of a class, as the engine passes them to check(). */
const newsOf = (more: Values, preview = false): Values => ({
  __provider: inputs["__provider"],
  wave: "canary",
  changes: "1111111111111111",
  turn: {
    preview,
    fleet: "named",
    hosts: { ns1: { host: "127.0.0.1", privateKey: "KEY" } },
    jails: [],
    since: "",
    laterWaves: "JailFleet named: wave canary is not done, so nothing is changed in the later wave rest (ns2)",
  },
  ...more,
});

describe("a gate that a release has stored", () => {
  test("is read, deleted, and the same as long as its check and the changes of its wave are the same", async () => {
    expect(await gate.read(id, outputs)).toStrictEqual({ id, props: outputs });
    const { check, changes } = inputs;
    for (const preview of [true, false]) {
      const checked = await gate.check(inputs, newsOf({ check, changes }, preview));
      const { __provider: _, ...kept } = inputs;
      expect(checked).toStrictEqual({ inputs: kept });
      expect(await gate.diff(id, outputs, checked.inputs)).toStrictEqual({ changes: false });
    }
    await gate.delete(id, outputs);
  });

  test("runs in the next up if one of them differs; a preview says so without its digest", async () => {
    const { check, changes } = inputs;
    const previewed = await gate.check(inputs, newsOf({ check }, true));
    expect(hasUnknown(previewed.inputs["changes"])).toBe(true);
    for (const other of [{ check }, { changes, check: { tcp: { port: 54 } } }, { changes }]) {
      const checked = await gate.check(inputs, newsOf(other));
      expect(await gate.diff(id, outputs, checked.inputs)).toStrictEqual({});
    }
  });
});

describe("a gate", () => {
  test("that is open is stored with its time, and without the hosts of its wave", async () => {
    const { inputs: checked } = await gate.check({}, newsOf({ check: { tcp: { port: open } } }));
    expect(JSON.stringify(checked)).not.toContain("KEY");
    const { id: made, outs } = await gate.create(checked);
    expect(made).toBe(checked["__token"]);
    expect(outs).toStrictEqual({
      wave: "canary",
      check: { tcp: { port: open } },
      changes: "1111111111111111",
      __token: made,
      passed: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    });
  });

  test("that is closed fails its create and its update, and names the waves that do not start", async () => {
    const check = { name: "dns\u001b[2J", tcp: { port: closed }, timeout: 0.2, interval: 0.1 };
    const { inputs: checked } = await gate.check(inputs, newsOf({ check }));
    const message = new RegExp(
      "^the gate dns\\\\x1b\\[2J is closed: JailFleet named, wave canary: ns1: .*\\n" +
        "JailFleet named: wave canary is not done, so nothing is changed in the later wave rest \\(ns2\\); " +
        "the next pulumi up runs the gate again$",
    );
    await expect(gate.create(checked)).rejects.toThrow(message);
    await expect(gate.update(id, outputs, checked)).rejects.toThrow(message);
  });

  test("without a check is open at once", async () => {
    const { inputs: checked } = await gate.check({}, newsOf({}));
    expect((await gate.create(checked)).outs["passed"]).toMatch(/Z$/);
  });

  test("that cannot be meant is refused by its check", async () => {
    const { failures } = await gate.check({}, newsOf({ check: { tcp: { port: 53 }, soak: 1 } }));
    expect(failures?.[0]?.reason).toMatch(/^tcp and soak are two checks/);
  });
});

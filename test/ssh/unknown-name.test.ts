import dns from "node:dns/promises";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Duplex, PassThrough } from "node:stream";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Connection } from "../../provider/model/connection";
import { dial } from "../../provider/ssh/dial";
import { LoginGate } from "../../provider/ssh/login-gate";
import { findRoute } from "../../provider/ssh/route";

const folder = mkdtempSync(join(tmpdir(), "chroot-names-"));
const path = join(folder, "config");
afterAll(() => rmSync(folder, { recursive: true }));

// Only ns1 has a key here, which is not there yet.
writeFileSync(path, `IdentityAgent none\nIdentityFile none\nHost ns1\nIdentityFile ${folder}/ns1.key\n`);
const keyless = { code: "authentication", why: expect.stringMatching(/^there is no key to log in with: /) };

function hopTo(connection: Connection) {
  const hop = findRoute(connection, [{ path, folder, isChecked: false }]).at(-1);
  if (!hop) throw new Error("there is no way");
  return hop;
}

/** Dials a host, directly or through a jump host, and gives the reason of the failure. */
async function failureOf(connection: Connection, through?: () => Promise<Duplex>): Promise<unknown> {
  return dial(hopTo(connection), new LoginGate(), through, 0).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("where there is no key to log in with", () => {
  const { lookup } = dns;
  let asked: unknown[] = [];
  const answer = (result: () => Promise<unknown>) => {
    asked = [];
    Object.assign(dns, {
      lookup: (...given: unknown[]) => {
        asked.push(given);
        return result();
      },
    });
  };
  const fail = async (code: string) => {
    throw Object.assign(new Error(`getaddrinfo ${code}`), { code });
  };
  beforeEach(() => answer(() => fail("ENOTFOUND")));
  afterEach(() => void Object.assign(dns, { lookup }));

  test("a name without an address is told as that: the keys of a host go by its name", async () => {
    const host = "n1s.example.com";
    expect(await failureOf({ host })).toMatchObject({
      code: "unreachable",
      why: expect.stringMatching(/^no address is known for the name n1s\.example\.com \(ENOTFOUND\); check that /),
    });
    expect(asked).toStrictEqual([[host, {}]]);
  });

  for (const [name, result] of Object.entries({
    "the name has an address": async () => ({ address: "192.0.2.1", family: 4 }),
    "no name server answers": () => fail("EAI_AGAIN"),
    "no name server answers in time": () => new Promise(() => undefined),
  }))
    test(`the key is what misses where ${name}`, async () => {
      answer(result);
      expect(await failureOf({ host: "ns1", perDialTimeout: 0.1 })).toMatchObject(keyless);
    });

  test("the name is left to the jump host, where there is one", async () => {
    expect(await failureOf({ host: "n1s" }, async () => new PassThrough())).toMatchObject(keyless);
    expect(asked).toStrictEqual([]);
  });

  test("and only there the name is looked up beforehand", async () => {
    expect(await failureOf({ host: "127.0.0.1", port: 1, password: "secret" })).toMatchObject({
      why: expect.stringMatching(/ECONNREFUSED/),
    });
    expect(asked).toStrictEqual([]);
  });
});

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { makeKey } from "../../scripts/lab/keys";
import { closeAll, observe } from "../support/connections";
import { drive, errorsOf } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const numbers = Array.from({ length: 30 }, (_, index) => index);

describe("thirty at once at a server that lets in two, with one session each", () => {
  let host: LabHost;
  useHost({ accounts: account, sshdConfig: ["MaxStartups 2:100:2", "MaxSessions 1"] }, async (made) => {
    host = made;
    await host.must(`mkdir ${numbers.map((n) => `/srv/${n}`).join(" ")}`);
  });
  afterEach(closeAll);

  /** Converges a jail for each number, and looks at it. */
  async function all(more: (n: number) => { perDialTimeout: number }): Promise<void> {
    host.resetCounts();
    await host.must("chmod 0777 /srv/*");
    const programs = numbers.map((n) => drive(siteOn(host, `/srv/${n}`, more(n))));
    const outcomes = await Promise.all(programs.map((program) => program.up()));
    expect(outcomes.flatMap(errorsOf)).toStrictEqual([]);
    expect(await host.must("stat -c %a /srv/* | sort -u")).toBe("750\n");
  }

  test("jails of one host share its connection", async () => {
    await all(() => ({ perDialTimeout: 60 }));
    expect(host.connections()).toBe(1);
  });

  test("hosts behind one address each get theirs", async () => {
    await all((n) => ({ perDialTimeout: 60 + n }));
    expect(host.connections()).toBe(numbers.length);
  });
});

test.each([
  ["eight are at a server that has", 8, 10, (_: number) => "127.0.0.1"],
  ["64 are at servers that have", 64, 70, (n: number) => `127.0.1.${1 + n}`],
])("no more than %s not let them in", async (_, most, count, address) => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket)).listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const { privateKey, publicKey: hostKey } = makeKey("ed25519");
  const looks = Array.from({ length: count }, (_, n) =>
    observe({
      connection: { host: address(n), port, privateKey, hostKey, perDialTimeout: 1 + n / 1000 },
      root: "/srv/a",
    }),
  );
  // The first ones give up at the same time, and only then the last ones come.
  await Promise.race(looks.map((look) => look.catch(() => undefined)));
  const atOnce = sockets.length;
  const ended = await Promise.allSettled(looks);
  server.close();
  expect(atOnce).toBe(most);
  expect(sockets.length).toBe(count);
  for (const { status } of ended) expect(status).toBe("rejected");
});

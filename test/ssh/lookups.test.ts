import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { Site } from "../../provider/agent/site";
import { awaitHost, closeAll, observe } from "../support/connections";
import { siteOn } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

describe("the client's configuration", () => {
  const home = mkdtempSync(join(tmpdir(), "chroot-lookups-"));
  const inherited = process.env["HOME"];
  const [config, log] = [join(home, ".ssh", "config"), join(home, "log")];
  let host: LabHost;
  useHost({}, async (made) => {
    host = made;
    await host.must("mkdir -p /srv/a /srv/b");
  });
  beforeAll(() => {
    process.env["HOME"] = home;
    mkdirSync(join(home, ".ssh"));
    writeFileSync(config, `Match exec "echo >>${log}"\n`, { mode: 0o600 });
  });
  afterEach(closeAll);
  afterAll(() => {
    if (inherited === undefined) delete process.env["HOME"];
    else process.env["HOME"] = inherited;
    rmSync(home, { recursive: true });
  });

  const site = (root = "/srv/a") => siteOn(host, root);
  /** The number of lookups meanwhile, and the connections. */
  async function counted(work: () => Promise<unknown>): Promise<{ lookups: number; connections: number }> {
    host.resetCounts();
    writeFileSync(log, "");
    await work();
    return { lookups: readFileSync(log, "utf8").length, connections: host.connections() };
  }
  const see = (...sites: Site[]) => Promise.all(sites.map((one) => observe(one)));

  test("is looked at once for a connection, whoever uses it, and again for the next one", async () => {
    const all = async () => {
      await see(site(), site("/srv/b"));
      await see(site());
      await awaitHost(site());
    };
    expect(await counted(all)).toStrictEqual({ lookups: 1, connections: 1 });
    await host.cut();
    expect(await counted(() => see(site(), site("/srv/b")))).toStrictEqual({ lookups: 1, connections: 1 });
  });

  test("is looked at for each way that is declared, and what is one way then has one connection", async () => {
    const { port: _, ...connection } = host.connection;
    const other = { connection, root: "/srv/a" };
    appendFileSync(config, `Host ${connection.host}\n  Port ${host.port}\n`);
    expect(await counted(() => see(site(), other, other))).toStrictEqual({ lookups: 2, connections: 1 });
  });

  test("counts as it is when a connection is made, and one that is there is used", async () => {
    const { port: _, ...connection } = host.connection;
    const other = { connection, root: "/srv/a" };
    await see(other);
    writeFileSync(config, `Host ${connection.host}\n  Port 1\n`);
    await see(other);
    await closeAll();
    await expect(see(other)).rejects.toThrow(/nothing accepts connections on port 1 there/);
  });

  test("of another home is another one, also while there is a connection", async () => {
    await see(site());
    const another = join(home, "another");
    mkdirSync(join(another, ".ssh"), { recursive: true });
    writeFileSync(join(another, ".ssh", "config"), "ProxyCommand nc %h %p\n", { mode: 0o600 });
    process.env["HOME"] = another;
    try {
      await expect(see(site())).rejects.toThrow(/has ProxyCommand for it/);
    } finally {
      process.env["HOME"] = home;
    }
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { freePort } from "../support/free-port";
import { useGateServers } from "../support/gate-servers";
import { closing, gateOn } from "../support/run-gate";

const servers = useGateServers();
const home = mkdtempSync(join(tmpdir(), "chroot-gates-"));
const inherited = process.env["HOME"];
beforeAll(() => {
  mkdirSync(join(home, ".ssh"));
  process.env["HOME"] = home;
});
afterAll(() => {
  process.env["HOME"] = inherited;
  rmSync(home, { recursive: true });
});
const sshConfig = (text: string) => writeFileSync(join(home, ".ssh", "config"), text, { mode: 0o600 });

test("a port that accepts connections opens the gate, also where the server says nothing", async () => {
  const port = await servers.tcp();
  const { at, ...result } = await gateOn({ ns1: "127.0.0.1" }, { tcp: { port } }, { now: () => 0 });
  expect(result).toStrictEqual({ isOpen: true });
  expect(at).toBe("1970-01-01T00:00:00.000Z");
});

test("a server that comes up while the gate asks opens it", async () => {
  const port = await freePort();
  const open = gateOn({ ns1: "127.0.0.1" }, { tcp: { port } });
  await servers.tcp("127.0.0.1", port);
  expect((await open).isOpen).toBe(true);
});

test("the one of three hosts that is closed is named with its place, its reason and the tries", async () => {
  const port = await servers.tcp("127.0.0.1");
  await servers.tcp("127.0.0.3", port);
  const hosts = { ns1: "127.0.0.1", "ns2\u001b[2J\u202e</script>": "127.0.0.2", ns3: "127.0.0.3" };
  const { isOpen, why } = await gateOn(hosts, { tcp: { port }, timeout: closing });
  expect(isOpen).toBe(false);
  const name = "ns2\\x1b[2J\\xe2\\x80\\xae</script>";
  expect(why?.replace(/\d+ tries/, "N tries")).toBe(`${name}: 127.0.0.2:${port}: connection refused (N tries)`);
  expect(Number(/(\d+) tries/.exec(why ?? "")?.[1])).toBeGreaterThan(1);
});

test("a server of the gate's own is asked instead of the hosts", async () => {
  const port = await servers.tcp("127.0.0.2");
  const gate = { tcp: { port, host: "127.0.0.2" } };
  expect((await gateOn({ ns1: "127.0.0.1" }, gate)).isOpen).toBe(true);
  const { why } = await gateOn({ ns1: "127.0.0.2" }, { tcp: { port, host: "127.0.0.3" }, timeout: closing });
  expect(why).toMatch(/^127\.0\.0\.3:\d+: connection refused \(\d+ tr(y|ies)\)$/);
});

test("the address is the one that ssh would dial, and not that of a jump host", async () => {
  const port = await servers.tcp("127.0.0.2");
  sshConfig("Host ns1\n  HostName 127.0.0.2\nHost ns2\n  HostName 127.0.0.3\n  ProxyJump me@jump.example.com\n");
  expect((await gateOn({ ns1: "ns1" }, { tcp: { port } })).isOpen).toBe(true);
  const { why } = await gateOn({ ns1: "ns1", ns2: "ns2" }, { tcp: { port }, timeout: closing });
  expect(why).toMatch(
    /^ns2: 127\.0\.0\.3:\d+: connection refused: asked from this machine, and not through its jump host me@jump\.example\.com; use a command gate \(\d+ tr(y|ies)\)$/,
  );
});

test("a host whose SSH configuration cannot be understood is a reason at once", async () => {
  sshConfig("Host ns1\n  Port many\n");
  const { why } = await gateOn({ ns1: "ns1" }, { tcp: { port: 1 } });
  expect(why).toMatch(/^ns1: .*Port many is not a number.* \(1 try\)$/);
});

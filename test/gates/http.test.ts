import { expect, test } from "@jest/globals";
import { useGateServers } from "../support/gate-servers";
import { closing, gateOn } from "../support/run-gate";

const servers = useGateServers();
const hosts = { web1: "127.0.0.1" };

test("a server that answers with the status opens the gate at its third try", async () => {
  let tries = 0;
  const port = await servers.http((_, response) => {
    tries++;
    response.writeHead(tries < 3 ? 503 : 200).end();
  });
  expect((await gateOn(hosts, { http: { url: `http://{host}:${port}/` } })).isOpen).toBe(true);
  expect(tries).toBe(3);
});

test("another status, a redirect and a closed connection are reasons, and no query is shown", async () => {
  const port = await servers.http(({ url = "", socket }, response) => {
    if (url.startsWith("/cut")) socket.destroy();
    else response.writeHead(url.startsWith("/moved") ? 302 : 404, { location: "/" }).end();
  });
  const why = async (path: string) =>
    (await gateOn(hosts, { http: { url: `http://{host}:${port}${path}?token=canary` }, timeout: closing })).why;
  const at = `web1: http://127.0.0.1:${port}`;
  expect(await why("/none")).toMatch(new RegExp(`^${at}/none: status 404, not 200 \\(\\d+ tr(y|ies)\\)$`));
  expect(await why("/moved")).toMatch(new RegExp(`^${at}/moved: status 302, not 200 \\(\\d+ tr(y|ies)\\)$`));
  expect(await why("/cut")).toMatch(new RegExp(`^${at}/cut: (the connection was reset|socket hang up) \\(`));
});

test("another status may be the wanted one", async () => {
  const port = await servers.http((_, response) => response.writeHead(301, { location: "http://127.0.0.1:1/" }).end());
  expect((await gateOn(hosts, { http: { url: `http://{host}:${port}/`, status: 301 } })).isOpen).toBe(true);
});

test("a server that accepts and never answers closes the gate at its end", async () => {
  const port = await servers.http(() => undefined);
  const { why } = await gateOn(hosts, { http: { url: `http://{host}:${port}/` }, timeout: 0.1 });
  expect(why).toMatch(/^web1: http:\/\/127\.0\.0\.1:\d+\/: no answer for \d\.\d s \(1 try\)$/);
});

test("a text is found in the body, across its pieces and in a body without an end", async () => {
  const port = await servers.http((_, response) => {
    response.write(Buffer.from([...Buffer.from("status: gr"), 0xc3]));
    setImmediate(() => response.write(Buffer.from([0xbc, ...Buffer.from("n")])));
  });
  expect((await gateOn(hosts, { http: { url: `http://{host}:${port}/`, contains: "grün" } })).isOpen).toBe(true);
});

test("a text that is missing, or behind the first megabyte, is told without the body", async () => {
  const port = await servers.http(({ url }, response) => {
    response.end(url === "/long" ? `${"x".repeat(1_000_000)}green canary` : "red canary");
  });
  const why = async (path: string) =>
    (await gateOn(hosts, { http: { url: `http://{host}:${port}${path}`, contains: "green" }, timeout: closing })).why;
  expect(await why("/")).toMatch(/: the body does not contain the text \(\d+ tr(y|ies)\)$/);
  expect(await why("/long")).toMatch(/: the first megabyte of the body does not contain the text \(\d+ tr(y|ies)\)$/);
});

test("a URL without {host} is asked once for the whole wave", async () => {
  const asked: (string | undefined)[] = [];
  const port = await servers.http(({ headers }, response) => {
    asked.push(headers.host);
    response.end();
  });
  const gate = { http: { url: `http://127.0.0.1:${port}/` } };
  expect((await gateOn({ web1: "127.0.0.2", web2: "127.0.0.3" }, gate)).isOpen).toBe(true);
  expect(asked).toStrictEqual([`127.0.0.1:${port}`]);
});

test("a server that speaks no TLS is no https server", async () => {
  const port = await servers.http((_, response) => response.end());
  const { why } = await gateOn(hosts, { http: { url: `https://{host}:${port}/` }, timeout: closing });
  expect(why).toMatch(/^web1: https:\/\/127\.0\.0\.1:\d+\/: it does not speak TLS \(\d+ tr(y|ies)\)$/);
});

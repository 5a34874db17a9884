import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

const main = join(__dirname, "..", "..", "provider", "cli", "main.js");
const resource = {
  urn: "urn:pulumi:prod::dns::pulumi-nodejs:dynamic/chroot:Jail::named",
  type: "pulumi-nodejs:dynamic/chroot:Jail",
  inputs: {
    __provider: 'exports.handler=()=>require("pulumi-chroot/lifecycle").jail',
    connection: { host: "127.0.0.1", port: 1 },
    root: "/chroot/named",
  },
};

/** A report that has arrived: its hosts, and the way to answer. */
interface Post {
  readonly hosts: readonly string[];
  answer(status: number): void;
}

describe("drift --watch", () => {
  let folder: string;
  let server: Server;
  let child: ChildProcessByStdio<null, Readable, Readable>;
  /** Settle the wait for the next report. */
  let taken: (post: Post) => void;
  let missed: (error: Error) => void;
  const nextPost = () => {
    const post = new Promise<Post>((resolve, reject) => {
      taken = resolve;
      missed = reject;
    });
    // At the end of a test no report is waited for.
    post.catch(() => undefined);
    return post;
  };
  const state = (resources: unknown[]) =>
    writeFileSync(join(folder, "away.json"), JSON.stringify({ version: 3, deployment: { resources } }));

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "chroot-watch-"));
    server = createServer(async (request, response: ServerResponse) => {
      const { hosts } = JSON.parse(await text(request)) as { hosts: { name: string }[] };
      taken({ hosts: hosts.map(({ name }) => name), answer: (status) => response.writeHead(status).end() });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => {
    child.kill("SIGKILL");
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const watch = (...more: string[]) => {
    const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const args = ["drift", "--export", "away.json", "--webhook", webhook, "--watch", "1", ...more];
    child = spawn(process.execPath, [main, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.resume();
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    void ended.then((status) => missed(new Error(`the command has ended with ${status}`)));
    return { ended, said: text(child.stderr) };
  };

  test("goes on after a webhook that did not take the news, and tells them again", async () => {
    state([resource]);
    let post = nextPost();
    const { ended, said } = watch("--only-new", "last.json");
    for (const [status, hosts] of [
      [507, ["127.0.0.1:1"]],
      [204, ["127.0.0.1:1"]],
      [204, []],
    ] as const) {
      const { hosts: told, answer } = await post;
      expect(told).toStrictEqual(hosts);
      post = nextPost();
      answer(status);
    }
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(await said).toMatch(
      /pulumi-chroot: the webhook at 127\.0\.0\.1:\d+ did not take the report: it answered with status 507\n/,
    );
  });

  test("goes on after a look that failed", async () => {
    state([resource]);
    let post = nextPost();
    const { ended, said } = watch();
    const first = await post;
    post = nextPost();
    state([]);
    first.answer(204);
    child.stderr.on("data", (chunk) => {
      if (String(chunk).includes("nothing to look at")) state([resource]);
    });
    (await post).answer(204);
    child.kill("SIGTERM");
    expect(await ended).toBe(3);
    expect(await said).toContain("pulumi-chroot: nothing to look at: 1 stack, and none has a jail\n");
  });
});

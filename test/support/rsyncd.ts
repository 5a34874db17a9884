import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll } from "@jest/globals";
import { startDaemon } from "./daemon";
import { ok } from "./e2e";
import { useExample } from "./example";
import { freePort } from "./free-port";

export const root = "/srv/rsync";
export const rsyncd = { uid: 1054, gid: 1054 };

/** `rsync --daemon` serves from the jail of examples/rsyncd. To be called in a describe. */
export function useRsyncd() {
  const example = useExample("rsyncd", { tools: ["rsync"], accounts: { rsyncd } });
  let port = 0;
  const at = (path: string) => `rsync://127.0.0.1:${port}/${path}`;
  /** A client on the host, as root, with one more option where it is needed. */
  const rsync = (...argv: string[]) => example.host.run(["rsync", "--contimeout=5", "--timeout=20", ...argv]);
  async function fetched(path: string): Promise<string> {
    const { code, stderr } = await rsync(at(path), "/root/fetched");
    assert.equal(code, 0, stderr);
    return example.host.must("cat /root/fetched");
  }

  beforeAll(async () => {
    port = await freePort();
    ok(await example.stack.up());
    copyFileSync(join(example.stack.directory, "rsyncd.conf"), example.host.path("/etc/rsyncd.conf"));
    await example.host.must(
      `echo welcome >${root}/pub/hello; mkdir ${root}/pub/iso; head -c 3000000 /dev/urandom >${root}/pub/iso/disc`,
    );
    // A stdin that is a socket, as the one that a test gives, would make rsync think that inetd has started it.
    const daemon = `exec rsync --daemon --no-detach --address=127.0.0.1 --port=${port} --log-file=/root/log </dev/null`;
    await startDaemon(example.host, ["sh", "-c", daemon], async () => (await rsync(at(""))).code === 0);
  });
  return { example, at, rsync, fetched };
}

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll } from "@jest/globals";
import { makeKey } from "../../scripts/lab/keys";
import { startDaemon } from "./daemon";
import { ok } from "./e2e";
import { useExample } from "./example";
import { freePort } from "./free-port";

export const accounts = { alice: { uid: 1055, gid: 1055 }, bob: { uid: 1056, gid: 1056 } };

/** The jails of examples/sftp, with a server that serves alice and bob where `isServing`. To be called in a describe. */
export function useSftp({ isServing = false } = {}) {
  const lab = useExample("sftp", { tools: ["sshd", "sftp"], accounts, config: { users: "alice,bob" } });
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    const conf = readFileSync(join(lab.stack.directory, "sshd_config"), "utf8");
    const here = `Port ${port}\nListenAddress 127.0.0.1\n`;
    writeFileSync(lab.host.path("/etc/ssh/sshd_config_sftp"), conf.replace("Port 2022\n", here));
    const { privateKey, publicKey } = makeKey("ed25519");
    mkdirSync(lab.host.path("/etc/ssh/authorized_keys.d"));
    for (const name of Object.keys(accounts))
      writeFileSync(lab.host.path(`/etc/ssh/authorized_keys.d/${name}`), `${publicKey}\n`);
    writeFileSync(lab.host.path("/root/id"), privateKey, { mode: 0o600 });
    writeFileSync(lab.host.path("/root/known_hosts"), `[127.0.0.1]:${port} ${lab.host.hostKey}\n`);
    writeFileSync(lab.host.path("/root/report.csv"), "one,two\n");
    if (!isServing) return;
    ok(await lab.stack.up());
    await serve();
  });

  const client = (user: string) => {
    const files = ["-i", "/root/id", "-o", "UserKnownHostsFile=/root/known_hosts"];
    return ["sftp", "-F", "none", "-q", "-P", `${port}`, ...files, "-b", "-", `${user}@127.0.0.1`];
  };
  /** One session: the commands, of which none may fail. */
  const session = (user: string, ...commands: string[]) =>
    lab.host.run(client(user), { cwd: "/root", stdin: commands.map((command) => `${command}\n`).join("") });
  const done = async (user: string, ...commands: string[]) => {
    const { code, stdout, stderr } = await session(user, ...commands);
    assert.equal(code, 0, stderr);
    return stdout.replace(/^sftp> .*\n/gm, "");
  };
  const download = async () => (await session("alice", "get report.csv /dev/null")).code === 0;
  const serve = () => {
    const sshd = [lab.host.sshd, "-D", "-e", "-f", "/etc/ssh/sshd_config_sftp"];
    return startDaemon(lab.host, sshd, async () => (await session("alice", "pwd")).code === 0);
  };
  return { lab, client, session, done, download, serve };
}

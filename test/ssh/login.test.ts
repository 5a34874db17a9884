import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { ChrootError } from "../../provider/errors";
import type { Connection } from "../../provider/model/connection";
import { closeAll, observe } from "../support/connections";
import type { LabHost } from "../support/sshd";
import { SSHD_PATHS } from "../support/sshd-config";
import { sshdLog } from "../support/sshd-daemon";
import { useHost } from "../support/use-host";

const home = mkdtempSync(join(tmpdir(), "chroot-login-"));
const inherited = { HOME: process.env["HOME"], SSH_AUTH_SOCK: process.env["SSH_AUTH_SOCK"] };
beforeAll(() => {
  mkdirSync(join(home, ".ssh"));
  process.env["HOME"] = home;
  delete process.env["SSH_AUTH_SOCK"];
});
afterEach(closeAll);
afterAll(() => {
  for (const [name, value] of Object.entries(inherited))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  rmSync(home, { recursive: true });
});

const passphrase = "a passphrase of the tests";
const password = "a password of the tests";

/** A key pair that ssh-keygen has made, in files. */
function keyPair(name: string, type = "ed25519", phrase = ""): { file: string; privateKey: string; publicKey: string } {
  const file = join(home, name);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", phrase, "-C", name, "-f", file]);
  return { file, privateKey: readFileSync(file, "utf8"), publicKey: readFileSync(`${file}.pub`, "utf8") };
}

/** Logs in and observes, with this configuration only; returns the log of sshd meanwhile. */
async function login(host: LabHost, more: Partial<Connection>): Promise<string> {
  const begin = sshdLog(host).length;
  const { privateKey: _, ...connection } = host.connection;
  await observe({ connection: { ...connection, ...more }, root: "/srv/jail" });
  return sshdLog(host).slice(begin);
}

/** The same for a refused login; returns the message and the log of sshd. */
async function refused(
  host: LabHost,
  more: Partial<Connection>,
  lastLine = /(?:)/,
): Promise<{ message: string; log: string }> {
  const begin = sshdLog(host).length;
  const error = await login(host, more).then(
    () => assert.fail("it logged in"),
    (one: unknown) => one,
  );
  assert.ok(error instanceof ChrootError, String(error));
  expect(`${error.message}${error.stack}${String(error.cause)}`).not.toMatch(
    /of the tests|PRIVATE KEY|b3BlbnNzaC1rZXk/,
  );
  // sshd may write a line after its client has been refused.
  const log = () => sshdLog(host).slice(begin);
  for (const start = Date.now(); !lastLine.test(log()) && Date.now() - start < 30_000; ) await setTimeout(20);
  return { message: error.message, log: log() };
}

/** Gives root a password in the host's own database. */
async function setPassword(host: LabHost): Promise<void> {
  const hash = (await host.must("openssl passwd -6 -stdin", { stdin: password })).trim();
  const shadow = host.path("/etc/shadow");
  writeFileSync(
    shadow,
    readFileSync(shadow, "utf8").replace(/^root:[^:]*:/m, () => `root:${hash}:`),
  );
}

/** A real agent with some keys, while something is done. */
async function withAgentOf(files: readonly string[], work: (socket: string) => Promise<void>): Promise<void> {
  const socket = join(home, "agent");
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  try {
    for (let n = 0; n < 200 && !existsSync(socket); n++) await setTimeout(20);
    execFileSync("ssh-add", ["-q", ...files], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: "pipe" });
    await work(socket);
  } finally {
    agent.kill();
    await once(agent, "exit");
    rmSync(socket, { force: true });
  }
}

describe("a key", () => {
  let host: LabHost;
  useHost({}, (one) => {
    host = one;
  });

  for (const [type, printed] of [
    ["ed25519", "ED25519"],
    ["ecdsa", "ECDSA"],
    ["rsa", "RSA"],
  ] as const)
    test(`of type ${type} logs in with its passphrase, as OpenSSH writes it and in PEM`, async () => {
      const { file, privateKey, publicKey } = keyPair(type, type, passphrase);
      appendFileSync(host.path(SSHD_PATHS.authorizedKeys), publicKey);
      const accepted = new RegExp(`Accepted publickey for root .*: ${printed} SHA256`);
      expect(await login(host, { privateKey, privateKeyPassword: passphrase })).toMatch(accepted);
      const { message } = await refused(host, { privateKey, privateKeyPassword: "another" });
      expect(message).toMatch(/connection\.privateKey cannot be used/);
      if (type === "ed25519") return; // It has no PEM form in ssh-keygen.
      execFileSync("ssh-keygen", ["-q", "-p", "-m", "PEM", "-P", passphrase, "-N", passphrase, "-f", file]);
      const pem = readFileSync(file, "utf8");
      expect(pem).toMatch(/BEGIN (RSA|EC) PRIVATE KEY/);
      await closeAll();
      expect(await login(host, { privateKey: pem, privateKeyPassword: passphrase })).toMatch(accepted);
    });
});

describe("a password", () => {
  let host: LabHost;
  useHost({ sshdConfig: ["PasswordAuthentication yes"] }, async (one) => {
    host = one;
    await setPassword(host);
  });

  test("logs in", async () => expect(await login(host, { password })).toMatch(/Accepted password for root/));

  test("that is wrong is told once, and sshd counts one failure", async () => {
    const { message, log } = await refused(host, { password: "another of the tests" });
    expect(message).toMatch(/it does not accept the password/);
    assert.equal(log.match(/^Failed /gm)?.length, 1, log);
  });
});

describe("a password that PAM asks for", () => {
  let host: LabHost;
  const pam = "auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n";
  const prepare = async (one: LabHost) => {
    host = one;
    await setPassword(host);
    mkdirSync(host.path("/etc/pam.d"), { recursive: true });
    writeFileSync(host.path("/etc/pam.d/sshd"), pam);
  };

  describe("by keyboard-interactive alone", () => {
    useHost({ sshdConfig: ["UsePAM yes", "KbdInteractiveAuthentication yes"] }, prepare);

    test("logs in", async () =>
      expect(await login(host, { password })).toMatch(/Accepted keyboard-interactive\/pam for root/));

    test("and is wrong is told once, and sshd counts one failure", async () => {
      const wrong = { password: "another of the tests" };
      const { message, log } = await refused(host, wrong, /^Failed keyboard-interactive/m);
      expect(message).toMatch(/the password, when asked/);
      assert.equal(log.match(/^Failed |PAM: Authentication failure/gm)?.length, 2, log);
      assert.equal(log.match(/^Failed keyboard-interactive/gm)?.length, 1, log);
    });
  });

  describe("in either way", () => {
    useHost({ sshdConfig: ["UsePAM yes", "KbdInteractiveAuthentication yes", "PasswordAuthentication yes"] }, prepare);

    test("and is wrong is told once all the same", async () => {
      const { log } = await refused(host, { password: "another of the tests" }, /^Failed /m);
      assert.equal(log.match(/^Failed /gm)?.length, 1, log);
      await closeAll();
      expect(await login(host, { password })).toMatch(/Accepted /);
    });
  });
});

describe("an agent", () => {
  let host: LabHost;
  useHost({ sshdConfig: ["MaxAuthTries 1"] }, (one) => {
    host = one;
  });
  const accept = ({ publicKey }: { publicKey: string }) =>
    appendFileSync(host.path(SSHD_PATHS.authorizedKeys), publicKey);
  const config = (text: string) => writeFileSync(join(home, ".ssh", "config"), text);
  afterAll(() => config(""));

  test("with three keys gives the one that an IdentityFile names, where sshd allows one attempt", async () => {
    const keys = ["agent-a", "agent-b", "agent-c"].map((name) => keyPair(name));
    const [, , right] = keys;
    assert.ok(right);
    accept(right);
    await withAgentOf(
      keys.map(({ file }) => file),
      async (agentSocketPath) => {
        rmSync(right.file); // The public half is enough, the agent has the other.
        config("");
        const { message } = await refused(host, { agentSocketPath });
        expect(message).toMatch(
          /ended the login with the SSH agent at .*: Too many auth.*\n.*MaxAuthTries.*IdentityFile/,
        );
        for (const only of ["yes", "no"]) {
          await closeAll();
          config(`Host 127.0.0.1\n  IdentityFile ${right.file}\n  IdentitiesOnly ${only}\n`);
          expect(await login(host, { agentSocketPath })).toMatch(/Accepted publickey/);
        }
      },
    );
  });

  test("that a hop forwards is asked like one on this machine", async () => {
    config("");
    const key = keyPair("forwarded");
    accept(key);
    await withAgentOf([key.file], async (socket) => {
      const args = ["-A", "-F", "none", "-p", String(host.port), "-o", "StrictHostKeyChecking=no"];
      const known = ["-o", `UserKnownHostsFile=${join(home, "hop_hosts")}`, "-o", "LogLevel=ERROR"];
      const hop = spawn("ssh", [...args, ...known, "root@127.0.0.1", 'echo "$SSH_AUTH_SOCK"; exec sleep 60'], {
        env: { ...process.env, SSH_AUTH_SOCK: socket },
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        const [printed] = (await once(hop.stdout, "data")) as [Buffer];
        const agentSocketPath = host.path(printed.toString().trim());
        expect(await login(host, { agentSocketPath })).toMatch(/Accepted publickey/);
      } finally {
        hop.kill();
        await once(hop, "exit");
      }
    });
  });
});

describe("a key file that the connection names", () => {
  let host: LabHost;
  useHost({ sshdConfig: ["MaxAuthTries 1"] }, (one) => {
    host = one;
  });

  test("is the only key that is offered, and an agent signs where the file's passphrase is not known", async () => {
    const plain = keyPair("named");
    const closed = keyPair("closed", "ed25519", passphrase);
    for (const { publicKey } of [plain, closed]) appendFileSync(host.path(SSHD_PATHS.authorizedKeys), publicKey);
    // An agent and a file of ssh's own: sshd would count either.
    const others = [keyPair("other"), keyPair(".ssh/id_ed25519")];
    const opened = join(home, "opened");
    copyFileSync(closed.file, opened);
    execFileSync("ssh-keygen", ["-q", "-p", "-P", passphrase, "-N", "", "-f", opened]);
    await withAgentOf([...others.map(({ file }) => file), opened], async (socket) => {
      process.env["SSH_AUTH_SOCK"] = socket;
      for (const privateKeyFile of ["~/named", closed.file]) {
        expect(await login(host, { privateKeyFile })).toMatch(/Accepted publickey/);
        await closeAll();
      }
      delete process.env["SSH_AUTH_SOCK"];
    });
    const { message } = await refused(host, { privateKeyFile: closed.file });
    expect(message).toMatch(
      /it accepts .*closed, but that cannot be used: it has a passphrase; set connection.private/,
    );
    expect(await login(host, { privateKeyFile: closed.file, privateKeyPassword: passphrase })).toMatch(/Accepted /);
    for (const { file } of others) rmSync(file);
  });
});

describe("certificates", () => {
  let host: LabHost;
  const ca = keyPair("ca");
  const trusted = "/etc/ssh/user_ca.pub";
  useHost({ sshdConfig: [`TrustedUserCAKeys ${trusted}`] }, (one) => {
    host = one;
    writeFileSync(host.path(trusted), ca.publicKey);
  });

  test("of users are not used, and the error says so", async () => {
    const key = keyPair("certified");
    execFileSync("ssh-keygen", ["-q", "-s", ca.file, "-I", "test", "-n", "root", `${key.file}.pub`]);
    await withAgentOf([key.file], async (agentSocketPath) => {
      const { message } = await refused(host, { agentSocketPath });
      expect(message).toMatch(/does not accept the SSH agent at .*\n.*certificates are not supported/);
    });
  });

  test("of hosts do not count, and the refusal says so", async () => {
    const hostKey = host.path(SSHD_PATHS.hostKey("ed25519"));
    writeFileSync(join(home, "host.pub"), `${host.hostKey}\n`);
    execFileSync("ssh-keygen", ["-q", "-s", ca.file, "-I", "host", "-h", "-n", "127.0.0.1", join(home, "host.pub")]);
    writeFileSync(`${hostKey}-cert.pub`, readFileSync(join(home, "host-cert.pub")));
    const original = readFileSync(host.path(SSHD_PATHS.config), "utf8");
    const restart = async (lines: readonly string[]) => {
      await host.stopSshd();
      writeFileSync(host.path(SSHD_PATHS.config), [...lines, original].join("\n"));
      await host.startSshd();
    };
    const knownHostsFile = join(home, "ca_hosts");
    writeFileSync(knownHostsFile, `@cert-authority * ${ca.publicKey}`);
    const { privateKey } = host.connection;
    const known = { hostKey: undefined, knownHostsFile, privateKey } as Partial<Connection>;
    const certificate = `HostCertificate ${SSHD_PATHS.hostKey("ed25519")}-cert.pub`;
    await restart([certificate]);
    expect((await refused(host, known)).message).toMatch(
      /not known.*@cert-authority does not count.*add the host's own key/s,
    );
    await restart([certificate, "HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com"]);
    expect((await refused(host, known)).message).toMatch(/or only certificates, which are not supported/);
  });
});

describe("a host's name", () => {
  let host: LabHost;
  useHost({}, (one) => {
    host = one;
  });

  test("counts where known_hosts has it hashed, as ssh-keygen -H does it", async () => {
    const knownHostsFile = join(home, "hashed_hosts");
    writeFileSync(knownHostsFile, `[127.0.0.1]:${host.port} ${host.hostKey}\n`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", knownHostsFile], { stdio: "pipe" });
    expect(readFileSync(knownHostsFile, "utf8")).toMatch(/^\|1\|/);
    const { privateKey } = host.connection;
    await login(host, { hostKey: undefined, knownHostsFile, privateKey } as Partial<Connection>);
  });
});

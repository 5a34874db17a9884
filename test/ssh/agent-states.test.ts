import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { ChrootError, isAway } from "../../provider/errors";
import type { Connection } from "../../provider/model/connection";
import { makeKey } from "../../scripts/lab/keys";
import { closeAll, observe } from "../support/connections";
import type { LabHost } from "../support/sshd";
import { SSHD_PATHS } from "../support/sshd-config";
import { useHost } from "../support/use-host";

const home = mkdtempSync(join(tmpdir(), "chroot-agents-"));
const socket = join(home, "agent");
const inherited = { HOME: process.env["HOME"], SSH_AUTH_SOCK: process.env["SSH_AUTH_SOCK"] };
beforeAll(() => {
  process.env["HOME"] = home;
  process.env["SSH_AUTH_SOCK"] = socket;
});
beforeEach(() => void mkdirSync(join(home, ".ssh"), { recursive: true, mode: 0o700 }));
afterEach(async () => {
  await closeAll();
  rmSync(join(home, ".ssh"), { recursive: true });
});
afterAll(() => {
  for (const [name, value] of Object.entries(inherited))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  rmSync(home, { recursive: true });
});

function keyFile(path: string, type = "ed25519", phrase = ""): { file: string; publicKey: string } {
  const file = join(home, path);
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", phrase, "-f", file]);
  return { file, publicKey: readFileSync(`${file}.pub`, "utf8") };
}

/** A real agent while something is done. `askpass` answers when it wants a confirmation. */
async function withAgent(add: readonly string[], work: () => Promise<void>, askpass = "exit 1"): Promise<void> {
  const program = join(home, "askpass");
  writeFileSync(program, `#!/bin/sh\n${askpass}\n`, { mode: 0o700 });
  const env = { ...process.env, SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: "force", DISPLAY: ":9" };
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore", env });
  try {
    while (!existsSync(socket)) await setTimeout(10);
    if (add.length > 0) execFileSync("ssh-add", ["-q", ...add], { stdio: "pipe" });
    await work();
  } finally {
    agent.kill();
    await once(agent, "exit");
    rmSync(socket, { force: true });
  }
}

/** Looks at a host with the keys of this machine; gives why it cannot. */
async function look(host: LabHost, more: Partial<Connection> = {}): Promise<string | undefined> {
  const { host: name, port, hostKey } = host.connection;
  const connection = { host: name, port, hostKey, ...more };
  return observe({ connection, root: "/srv" }).then(
    () => undefined,
    (error: unknown) => {
      assert.ok(error instanceof ChrootError && !isAway(error), `${error}`);
      return error.message;
    },
  );
}
const accept = (host: LabHost, { publicKey }: { publicKey: string }) =>
  writeFileSync(host.path(SSHD_PATHS.authorizedKeys), publicKey);

describe("of the keys of this machine", () => {
  let host: LabHost;
  useHost({ sshdConfig: ["MaxAuthTries 3"] }, (made) => {
    host = made;
  });

  test("every usual file is offered", async () => {
    keyFile(".ssh/id_ed25519");
    accept(host, keyFile(".ssh/id_rsa", "rsa"));
    expect(await look(host)).toBe(undefined);
  });

  test("one in the last place of the agent is offered first where a usual file names it", async () => {
    const others = Array.from({ length: 7 }, (_, at) => keyFile(`.ssh/other-${at}`));
    const right = keyFile(".ssh/id_rsa", "rsa");
    accept(host, right);
    await withAgent(
      [...others, right].map(({ file }) => file),
      async () => expect(await look(host)).toBe(undefined),
    );
  });

  test("one that is encrypted is named where the host accepts it", async () => {
    const key = keyFile(".ssh/id_ed25519", "ed25519", "a phrase");
    accept(host, key);
    expect((await look(host)) ?? "").toMatch(
      /it accepts .*id_ed25519, but that cannot be used: it has a passphrase; set connection\.privateKeyPassword, or put the key into an SSH agent/,
    );
    await closeAll();
    expect(await look(host, { privateKeyPassword: "a phrase" })).toBe(undefined);
  });

  test("a short one is not offered where RequiredRSASize asks for more", async () => {
    accept(host, keyFile(".ssh/id_rsa", "rsa"));
    writeFileSync(join(home, ".ssh/config"), "RequiredRSASize 4096\n", { mode: 0o600 });
    expect((await look(host)) ?? "").toMatch(
      /no key to log in with: .*id_rsa has 3072 bits, and RequiredRSASize asks for 4096/,
    );
  });
});

describe("an agent", () => {
  let host: LabHost;
  useHost({}, (made) => {
    host = made;
  });

  test("without keys is told as that", () =>
    withAgent([], async () =>
      expect((await look(host)) ?? "").toMatch(/has no keys, or is locked\nadd the key with ssh-add/),
    ));

  test("that has ended is told as that, and the files are offered", async () => {
    const server = createServer().listen(socket);
    await once(server, "listening");
    const stale = `${socket}.stale`;
    execFileSync("ln", [socket, stale]);
    server.close();
    await once(server, "close");
    process.env["SSH_AUTH_SOCK"] = stale;
    try {
      expect((await look(host)) ?? "").toMatch(/does not answer \(ECONNREFUSED\): it has ended/);
      accept(host, keyFile(".ssh/id_rsa", "rsa"));
      await closeAll();
      expect(await look(host)).toBe(undefined);
    } finally {
      process.env["SSH_AUTH_SOCK"] = socket;
      rmSync(stale);
    }
  });

  test("that is not there is told as that", async () =>
    expect((await look(host)) ?? "").toMatch(
      /no key to log in with: the SSH agent at .* is not there\nstart an SSH agent/,
    ));

  test("with keys of security keys alone is told as that, and not to put them on the host", async () => {
    // The reply of such an agent: one key and its comment.
    const text = (value: string | Buffer) => {
      const data = Buffer.from(value as string);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(data.length);
      return Buffer.concat([length, data]);
    };
    const blob = Buffer.concat([text("sk-ssh-ed25519@openssh.com"), text(Buffer.alloc(32)), text("ssh:")]);
    const reply = Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), text(blob), text("a touch")]);
    const server = createServer((stream) => stream.on("data", () => stream.write(text(reply)))).listen(socket);
    await once(server, "listening");
    try {
      const why = (await look(host)) ?? "";
      expect(why).toMatch(
        /has 1 of security keys \(FIDO, sk-…\), which are not supported here\nlog in with a key of another type/,
      );
      expect(why).not.toMatch(/authorized_keys/);
    } finally {
      server.close();
    }
  });

  test("that refuses to sign is told as that", async () => {
    const key = keyFile(".ssh/confirmed");
    accept(host, key);
    await withAgent(["-c", key.file], async () =>
      expect((await look(host)) ?? "").toMatch(
        /it accepts a key of the SSH agent at .*, but that was not signed with: the agent refuses\napprove it where the agent asks/,
      ),
    );
  });

  test("may take longer to be approved than a host to answer, but not for ever, and the host is not blamed", async () => {
    const key = keyFile(".ssh/confirmed");
    accept(host, key);
    await withAgent(
      ["-c", key.file],
      async () => expect(await look(host, { perDialTimeout: 1 })).toBe(undefined),
      "sleep 2",
    );
    await closeAll();
    await withAgent(
      ["-c", key.file],
      async () =>
        expect((await look(host, { perDialTimeout: 0.3 })) ?? "").toMatch(
          /SSH agent at .* has not answered for 2\.4 s\napprove/,
        ),
      "exec sleep 20",
    );
  });
});

describe("a server", () => {
  let host: LabHost;
  useHost({ sshdConfig: ["LoginGraceTime 2"] }, (made) => {
    host = made;
  });

  test("that ends the wait for an approval is not blamed", async () => {
    const key = keyFile(".ssh/confirmed");
    accept(host, key);
    await withAgent(
      ["-c", key.file],
      async () =>
        expect((await look(host)) ?? "").toMatch(
          /SSH agent at .* had not answered when the host closed the connection/,
        ),
      "exec sleep 20",
    );
  });

  test("that was installed anew with a key of another type is told as that", async () => {
    const knownHostsFile = join(home, "known");
    writeFileSync(knownHostsFile, `[127.0.0.1]:${host.port} ${makeKey("rsa").publicKey}\n`);
    const { hostKey: _, ...connection } = host.connection;
    expect(
      (await look(host, { ...connection, hostKey: undefined, knownHostsFile } as Partial<Connection>)) ?? "",
    ).toMatch(
      /to one of a type that is not known for it \(the host was reinstalled.*\n.*ssh-keygen -R "\[127\.0\.0\.1\]:\d+"/,
    );
  });
});

describe("a second factor", () => {
  let host: LabHost;
  useHost({ sshdConfig: ["AuthenticationMethods publickey,password", "PasswordAuthentication yes"] }, (made) => {
    host = made;
  });

  test("is told as that, with a declared key and with one of this machine", async () => {
    const why = /it accepts connection\.privateKey, and wants more than that \(password\)\nexempt this account/;
    expect((await look(host, { privateKey: host.privateKey })) ?? "").toMatch(why);
    const key = keyFile(".ssh/id_ed25519");
    appendFileSync(host.path(SSHD_PATHS.authorizedKeys), `\n${key.publicKey}`);
    expect((await look(host)) ?? "").toMatch(/it accepts .*id_ed25519, and wants more than a key\nexempt this account/);
  });
});

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ChrootError } from "../../provider/errors";
import { closeAll, observe } from "../support/connections";
import { type ClientHome, makeClientHome } from "../support/real-ssh";
import type { LabHost } from "../support/sshd";
import { SSHD_PATHS } from "../support/sshd-config";
import { useHost } from "../support/use-host";

/**
 * Logins by ssh and by us, with the same home, the same agent and the same server: where ssh logs in, so do we, unless its
 * key is of a kind that is told as not supported. `SSH_LOGINS=2000` is the long run; `SSH_SEED` repeats one.
 */
const runs = Number(process.env["SSH_LOGINS"] ?? 12);
const seed = process.env["SSH_SEED"] === undefined ? {} : { seed: Number(process.env["SSH_SEED"]) };

const types = ["rsa", "ecdsa", "ed25519"] as const;
const names = [...types.map((type) => `id_${type}`), "other-a", "other-b"] as const;
const forms = ["plain", "no .pub", "PEM", "PKCS8", "passphrase"] as const;

interface Login {
  readonly files: readonly { name: string; type: (typeof types)[number]; form: (typeof forms)[number] }[];
  /** The agent's keys by number: the keys of the files first, then others. */
  readonly agent: readonly number[] | undefined;
  /** The key that the host accepts. */
  readonly accepted: number;
  readonly tries: number;
  readonly config: readonly string[];
  readonly known: "with port" | "without port" | "hashed" | "another" | "another without port";
}

const login: fc.Arbitrary<Login> = fc.record({
  files: fc.uniqueArray(
    fc.record({ name: fc.constantFrom(...names), type: fc.constantFrom(...types), form: fc.constantFrom(...forms) }),
    { selector: ({ name }) => name, maxLength: 4 },
  ),
  agent: fc.option(fc.uniqueArray(fc.nat(9), { maxLength: 8 }), { nil: undefined, freq: 3 }),
  accepted: fc.nat(9),
  tries: fc.constantFrom(1, 2, 3, 6),
  config: fc.subarray([
    "IdentityFile ~/.ssh/other-a",
    "IdentityFile ~/.ssh/id_ecdsa",
    "IdentitiesOnly yes",
    "IdentityAgent none",
    "PubkeyAcceptedAlgorithms ssh-ed25519,rsa-sha2-512",
    "HostKeyAlgorithms ssh-ed25519",
    "BindAddress 127.0.0.1",
    "AddressFamily inet",
  ]),
  known: fc.constantFrom("with port", "with port", "without port", "hashed", "another", "another without port"),
});

/** A run of a dozen may draw neither: each run starts with a login that ssh makes and one that it does not. */
const sure: Login = {
  files: [{ name: "id_ed25519", type: "ed25519", form: "plain" }],
  agent: undefined,
  accepted: 0,
  tries: 6,
  config: [],
  known: "with port",
};
const refused: Login = { ...sure, accepted: 5 };

describe("a login", () => {
  let host: LabHost;
  let client: ClientHome;
  let pool: string[];
  const inherited = { HOME: process.env["HOME"], SSH_AUTH_SOCK: process.env["SSH_AUTH_SOCK"] };
  useHost({}, (made) => {
    host = made;
  });
  beforeAll(() => {
    client = makeClientHome();
    process.env["HOME"] = client.home;
    // Two keys of each type for files, and some that only an agent has.
    pool = ["rsa", "ecdsa", "ed25519", "rsa", "ecdsa", "ed25519", ...Array<string>(10).fill("ed25519")].map(
      (type, at) => {
        const file = client.write(`pool/${at}`, "");
        rmSync(file);
        execFileSync("ssh-keygen", [
          "-q",
          "-t",
          type,
          ...(type === "rsa" ? ["-b", "2048"] : []),
          "-N",
          "",
          "-C",
          `key ${at}`,
          "-f",
          file,
        ]);
        return file;
      },
    );
  });
  afterAll(() => {
    for (const [name, value] of Object.entries(inherited))
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    client.remove();
  });

  /** Puts a key of the pool into ~/.ssh, in one of its forms. */
  function place(from: string, name: string, form: (typeof forms)[number]): void {
    const to = client.write(`.ssh/${name}`, readFileSync(from, "utf8"));
    writeFileSync(`${to}.pub`, readFileSync(`${from}.pub`));
    const phrase = form === "passphrase" ? "a phrase" : "";
    const as = form === "PEM" || form === "PKCS8" ? ["-m", form] : [];
    if (form !== "plain" && form !== "no .pub")
      execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", phrase, ...as, "-f", to], { stdio: "pipe" });
    if (form === "no .pub" || form === "PKCS8") rmSync(`${to}.pub`);
  }

  async function prepared(
    { files, agent, accepted, tries, config, known }: Login,
    work: (socket: string) => Promise<void>,
  ) {
    rmSync(join(client.home, ".ssh"), { recursive: true, force: true });
    mkdirSync(join(client.home, ".ssh"), { mode: 0o700 });
    client.write(".ssh/config", ["StrictHostKeyChecking yes", ...config].join("\n"));
    const indexOf = (type: string) => types.indexOf(type as "rsa");
    const used = files.map(
      ({ type }, at) => indexOf(type) + (files.slice(0, at).some((one) => one.type === type) ? 3 : 0),
    );
    for (const [at, { name, form }] of files.entries()) place(pool[used[at] ?? 0] ?? "", name, form);
    const others = pool.map((_, at) => at).filter((at) => !used.includes(at));
    const all = [...used, ...others].map((at) => pool[at] ?? "");
    const right = all[accepted] ?? "";
    writeFileSync(host.path(SSHD_PATHS.authorizedKeys), readFileSync(`${right}.pub`));
    const sshd = host.path(SSHD_PATHS.config);
    writeFileSync(`${sshd}.new`, readFileSync(sshd, "utf8").replace(/^MaxAuthTries.*\n|^/, `MaxAuthTries ${tries}\n`));
    renameSync(`${sshd}.new`, sshd);
    await host.must('kill -HUP "$(cat /run/sshd.pid)"');
    const name = known.includes("without") ? "127.0.0.1" : `[127.0.0.1]:${host.port}`;
    const key = known.startsWith("another")
      ? readFileSync(`${pool[5]}.pub`, "utf8").split(" ").slice(0, 2).join(" ")
      : host.hostKey;
    const file = client.write(".ssh/known_hosts", `${name} ${key}\n`);
    if (known === "hashed") execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "pipe" });
    const socket = join(client.home, "agent");
    if (agent === undefined) return work(socket);
    const process_ = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    try {
      while (!existsSync(socket)) await setTimeout(10);
      const keys = agent.map((at) => all[at] ?? "");
      if (keys.length > 0)
        execFileSync("ssh-add", ["-q", ...keys], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: "pipe" });
      await work(socket);
    } finally {
      process_.kill();
      await once(process_, "exit");
      rmSync(socket, { force: true });
    }
  }

  /** sshd starts itself anew after a HUP: it has the new configuration when it says so to a client. */
  async function theirs(socket: string): Promise<boolean> {
    const args = ["-o", "BatchMode=yes", "-p", String(host.port), "root@127.0.0.1", "echo", "in"];
    for (;;) {
      const { stdout, stderr } = client.ssh(args, { SSH_AUTH_SOCK: socket });
      if (!/Connection refused|kex_exchange|reset by peer/.test(stderr)) return stdout === "in\n";
      await setTimeout(50);
    }
  }

  test(`succeeds where ssh succeeds, ${runs} times`, async () => {
    let [both, none, more] = [0, 0, 0];
    const check = (one: Login) =>
      prepared(one, async (socket) => {
        const expected = await theirs(socket);
        process.env["SSH_AUTH_SOCK"] = socket;
        const connection = { host: "127.0.0.1", port: host.port };
        const error = await observe({ connection, root: "/srv" }).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        await closeAll();
        assert.ok(error === undefined || error instanceof ChrootError, String(error));
        const text = `${JSON.stringify(one, null, 1)}\n${error?.message}`;
        if (expected) assert.equal(error, undefined, text);
        if (expected) both++;
        else if (error) none++;
        else more++;
        if (error) expect(error.message).not.toMatch(/PRIVATE KEY|a phrase/);
      });
    await fc.assert(fc.asyncProperty(login, check), { numRuns: runs, examples: [[sure], [refused]], ...seed });
    assert.ok(both > 0 && none > 0, `${both} by both, ${none} by none, ${more} by us alone`);
    assert.equal(more, 0, "ssh does not log in, and we do");
  });
});

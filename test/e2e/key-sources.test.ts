import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift, useLab } from "../support/e2e";

describe("keys", () => {
  const lab = useLab();

  test("one that is found in ~/.ssh, with the host in known_hosts, leaves nothing in the state, which stays small", async () => {
    const stack = await lab.stack();
    const ssh = join(stack.env["HOME"] ?? "", ".ssh");
    mkdirSync(ssh, { mode: 0o700 });
    writeFileSync(join(ssh, "id_ed25519"), lab.host.privateKey, { mode: 0o600 });
    writeFileSync(join(ssh, "known_hosts"), `[127.0.0.1]:${lab.host.port} ${lab.host.hostKey}\n`);
    stack.declare({
      jails: {
        app: { connection: { host: "127.0.0.1", port: lab.host.port }, root: "/srv/file", directories: { a: "one" } },
      },
      rules: {
        one: {
          jail: "app",
          match: "a",
          directoryMode: "0711",
          reason: "only the way to what is in there, which nobody lists",
        },
      },
    });
    ok(await stack.up());
    expect(ok(await stack.preview("--expect-no-changes"))).toMatch(/3 unchanged/);
    // The SDK notes the way to the line of the program, which is as long as the checkout's path.
    const { stackTrace: _, ...rule } = { stackTrace: [], ...stack.resource("one") };
    assert.ok(JSON.stringify(rule).length < 2048, `${JSON.stringify(rule).length} bytes of state for a rule`);
    for (const name of ["app", "one"]) {
      const provider = String(stack.resource(name).inputs["__provider"]);
      assert.ok(provider.length <= 128, `__provider of ${name}: ${provider.length} bytes`);
    }
    expect(stack.stateText()).not.toMatch(/ciphertext|"turn"\s*:\s*\{|survey/);
  });

  test("one in a file that the connection names is read at each login, and the state has its path alone", async () => {
    const { privateKey: _, ...keyless } = lab.host.connection;
    const stack = await lab.stack();
    const privateKeyFile = join(stack.directory, "fleet-key");
    const put = (text: string) => writeFileSync(privateKeyFile, text, { mode: 0o600 });
    put(lab.host.privateKey);
    stack.declare({ jails: { app: { connection: { ...keyless, privateKeyFile }, root: "/srv/named" } } });
    ok(await stack.up());
    expect(stack.resource("app").inputs["connection"]).toStrictEqual({ ...keyless, privateKeyFile });
    expect(stack.stateText()).not.toMatch(/ciphertext|PRIVATE KEY/);
    put("no key\n");
    expect(shownDrift(ok(await stack.preview("--diff")), "app")?.["(host)"] ?? "").toMatch(
      /^not checked: connection.privateKeyFile, .*fleet-key, cannot be used: it is no private key/,
    );
    put(lab.host.privateKey);
    ok(await stack.destroy());
  });

  test("one that only an SSH agent holds logs in, by its socket's name", async () => {
    const { privateKey: _, ...keyless } = lab.host.connection;
    const stack = await lab.stack();
    const agentSocketPath = join(lab.host.directory, "agent");
    const agent = spawn("ssh-agent", ["-D", "-a", agentSocketPath], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(agent.stdout, "data"); // It listens when it says where.
      const env = { ...process.env, SSH_AUTH_SOCK: agentSocketPath };
      execFileSync("ssh-add", ["-q", lab.host.privateKeyFile], { env, stdio: ["ignore", "ignore", "inherit"] });
      stack.declare({ jails: { app: { connection: { ...keyless, agentSocketPath }, root: "/srv/agent" } } });
      ok(await stack.up());
    } finally {
      agent.kill();
    }
    expect(await lab.host.must("stat -c %a /srv/agent")).toBe("750\n");
    expect(stack.stateText()).not.toMatch(/ciphertext/);
  });

  test("where there is none that the host takes, the preview says which were tried", async () => {
    const stack = await lab.stack();
    const { privateKey: _, ...keyless } = lab.host.connection;
    stack.declare({ jails: { app: { connection: keyless, root: "/srv/keyless" } } });
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "app", "create")?.["(host)"] ?? "").toMatch(
      /^not checked: there is no key to log in with: start an SSH agent, put a key into ~\/.ssh, or set connection.privateKey$/,
    );
    expect(failed(await stack.up())).toMatch(/there is no key to log in with/);
  });
});

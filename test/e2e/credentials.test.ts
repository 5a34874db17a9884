import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { makeKey } from "../../scripts/lab/keys";
import { failed, ok, useLab } from "../support/e2e";
import type { LabHost } from "../support/sshd";
import { SSHD_PATHS } from "../support/sshd-config";
import type { Stack } from "../support/stack";

const canary = {
  password: "canary-password-51c0",
  passphrase: "canary-passphrase-7a2e",
  proxyPassword: "canary-proxy-9d44",
};

/** Gives root a password in a host's own database. */
async function setPassword(host: LabHost, password: string): Promise<void> {
  const hash = (await host.must("openssl passwd -6 -stdin", { stdin: password })).trim();
  const shadow = host.path("/etc/shadow");
  writeFileSync(
    shadow,
    readFileSync(shadow, "utf8").replace(/^root:[^:]*:/m, () => `root:${hash}:`),
  );
}

/** Arguments and environments of all processes of the machine, again and again while something runs. */
async function watching<T>(work: Promise<T>): Promise<{ done: T; seen: string }> {
  const seen = new Set<string>();
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  work.then(end, end);
  while (!isDone) {
    for (const pid of readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)))
      for (const file of ["cmdline", "environ"])
        try {
          seen.add(readFileSync(`/proc/${pid}/${file}`, "latin1"));
        } catch {
          // It has ended.
        }
    await setTimeout(30);
  }
  return { done: await work, seen: [...seen].join("\n") };
}

/** With -v=9 engine and SDK log their messages, with the secrets of every provider (under Pulumi's mark). */
function withoutEngine(output: string): string {
  return output.replace(/^.*((Unm|M)arshaling property for RPC\[|4dabf18193072939515e22adb298388d).*$/gm, "");
}

describe("credentials", () => {
  const lab = useLab({ sshdConfig: ["PasswordAuthentication yes"] });
  let behind: LabHost;
  let stack: Stack;
  let key: string;
  let secrets: string[];
  beforeAll(async () => {
    behind = await lab.anotherHost();
    stack = await lab.stack();
    await setPassword(lab.host, canary.password);
    const file = join(behind.directory, "encrypted");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", canary.passphrase, "-f", file]);
    key = readFileSync(file, "utf8");
    appendFileSync(behind.path(SSHD_PATHS.authorizedKeys), readFileSync(`${file}.pub`));
    const lines = key.split("\n").filter((line) => /^[A-Za-z0-9+/=]{30,}$/.test(line));
    assert.ok(lines.length >= 3, "the key's own lines");
    secrets = [...Object.values(canary), ...lines];
  });

  const declare = (mode: string, privateKey = key, password = canary.password) => {
    const { privateKey: _, ...keyless } = lab.host.connection;
    const proxy = { ...keyless, password };
    const privateKeyPassword = canary.passphrase;
    stack.declare({
      jails: {
        near: { connection: proxy, root: "/srv/near" },
        far: { connection: { ...behind.connection, privateKey, privateKeyPassword, proxy }, root: "/srv/far" },
      },
      rules: { one: { jail: "far", match: "a", fileMode: mode } },
    });
  };

  function clean(text: string, where: string): void {
    for (const secret of secrets) {
      const at = text.indexOf(secret);
      assert.equal(
        at === -1 ? undefined : text.slice(Math.max(0, at - 200), at + 60),
        undefined,
        `a secret is in ${where}`,
      );
    }
  }

  test("show nowhere: in no output, log, error, process, file of the host, or state", async () => {
    const verbose = ["-v=9", "--logtostderr"];
    const runs: [string, () => ReturnType<Stack["up"]>][] = [
      ["preview", () => stack.preview("--diff", ...verbose)],
      ["up", () => stack.up("--diff", ...verbose)],
      ["preview --json", () => stack.json()],
      ["refresh", () => stack.refresh("--diff", ...verbose)],
      ["stack export", () => stack.pulumi("stack", "export")],
      ["stack output", () => stack.pulumi("stack", "output", "--json")],
    ];
    declare("0640");
    for (const [name, run] of runs) {
      const { done, seen } = await watching(run());
      clean(withoutEngine(ok(done)), name);
      clean(seen, `the processes of ${name}`);
    }
    declare("0600", key, "wrong-password-3b");
    clean(failed(await stack.up("--diff")), "the error of a wrong password");
    declare("0600", `${makeKey("ed25519").privateKey}broken`);
    clean(failed(await stack.up("--diff")), "the error of a wrong key");
    declare("0600");
    await behind.stopSshd();
    clean(failed(await stack.up("--diff")), "the error of a host that is off");
    await behind.startSshd();
    clean(stack.stateText(), "the state");
    expect(stack.stateText()).toMatch(/"ciphertext"/);
    for (const host of [lab.host, behind])
      clean(
        await host.must(
          "cat /var/lib/pulumi-chroot/*/* /var/log/*; find / -xdev -newer /etc/machine-id -type f -size -100k ! -path '/proc/*' ! -path '/sys/*' ! -path /etc/shadow -exec cat {} + 2>/dev/null; true",
        ),
        "files of a host",
      );
  });
});

import assert from "node:assert/strict";
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { ChrootError } from "../../provider/errors";
import type { Connection } from "../../provider/model/connection";
import { makeKey } from "../../scripts/lab/keys";
import { closeAll, observe } from "../support/connections";
import { drive } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** Accounts with root's rights, each with its shell and the start files of that shell. */
const logins = {
  bash: ["/bin/bash", ".bashrc", 'echo "Welcome, $USER"; printf "\\000noise"'],
  dash: ["/bin/dash", ".profile", ""],
  fish: ["/usr/bin/fish", ".config/fish/config.fish", 'echo "Welcome to fish"'],
  tcsh: ["/usr/bin/tcsh", ".cshrc", 'echo "Welcome to csh"\nset prompt="!! "'],
  slow: ["/bin/bash", ".bashrc", "sleep 1.5"],
  loud: ["/opt/loud", "", ""],
  refuses: ["/bin/false", "", ""],
  says: ["/usr/sbin/nologin", "", ""],
} as const;

let host: LabHost;
useHost(
  {
    accounts: {
      ...account,
      ...Object.fromEntries(
        Object.entries(logins).map(([name, [shell]]) => [name, { uid: 0, gid: 0, home: `/root/${name}`, shell }]),
      ),
    },
  },
  async (made) => {
    host = made;
    await host.must("mkdir -p /srv/a");
    // The shell prints megabytes before it runs the command.
    writeFileSync(host.path("/opt/loud"), '#!/bin/sh\nhead -c 3000000 /dev/zero | tr "\\000" x\nexec sh "$@"\n');
    chmodSync(host.path("/opt/loud"), 0o755);
    for (const [name, [, file, text]] of Object.entries(logins)) {
      const path = host.path(join("/root", name, file));
      mkdirSync(file === "" ? path : dirname(path), { recursive: true });
      if (file !== "") writeFileSync(path, `${text}\n`);
    }
  },
);
afterEach(closeAll);

const site = (user: string, more: Partial<Connection> = {}) => siteOn(host, "/srv/a", { user, ...more });

for (const user of ["bash", "dash", "fish", "tcsh", "slow", "loud"] as const)
  test(`the agent works where the login shell is ${user === "slow" || user === "loud" ? `a ${user} one` : user}`, async () => {
    await host.must("rm -rf /srv/a; mkdir -m 0777 /srv/a; : >'/srv/a/it'\\''s $HOME!'");
    const outcomes = await drive(site(user, { perDialTimeout: 20 })).up();
    expect(outcomes).toSucceed();
    expect(await host.must("stat -c '%U:%G %a' /srv/a/*; stat -c %a /srv/a")).toBe("root:www 640\n750\n");
  });

async function fails(user: string, more: Partial<Connection>, message: RegExp): Promise<void> {
  await assert.rejects(observe(site(user, more)), (error) => {
    assert.ok(error instanceof ChrootError, String(error));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(new RegExp(`^[^\n]*: ${user}@127\\.0\\.0\\.1:\\d+:/srv/a: [^\n]*\n[^\n]+$`));
    expect(error.message).not.toMatch(/finished changes are kept/);
    return true;
  });
}

test("an account whose shell is slower than the limit is told so, with what to do", () =>
  fails("slow", { perDialTimeout: 0.7 }, /no answer for 0\.7 s \(while starting the agent\)\n.*perDialTimeout/));

test("an account whose shell runs no commands is told so, whether it says anything or not", async () => {
  await fails("says", {}, /does not run commands, it says: This account is.*\n.*another user/);
  await fails("refuses", {}, /the agent ended with status 1 \(while starting the agent\)\n.*another user/);
});

test("a key with a forced command is told so, whether that says anything or not", async () => {
  for (const [command, message] of [
    [
      "echo only backups here",
      /does not run commands, it says: only backups here \(while starting the agent\)\n.*command=/,
    ],
    ["echo only backups here >&2", /the agent ended: only backups here \(while starting the agent\)\n.*command=/],
    ["cat >/dev/null; true", /no answer for 2 s \(while starting the agent\)\n/],
    ["exit 3", /the agent ended with status 3 \(while starting the agent\)\n.*command=/],
  ] as const) {
    const { privateKey, publicKey } = makeKey("ed25519");
    appendFileSync(host.path("/etc/ssh/authorized_keys"), `command="${command}" ${publicKey}\n`);
    await fails("root", { privateKey, perDialTimeout: 2 }, message);
  }
});

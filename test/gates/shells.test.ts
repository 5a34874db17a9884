import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { hostProcesses } from "../../scripts/lab/processes";
import { until } from "../support/daemon";
import { closing, gateOn } from "../support/run-gate";
import type { LabHost } from "../support/sshd";
import { installSudo, sudoer } from "../support/sudoer";
import { useHost } from "../support/use-host";

/** Accounts with a start file that prints a text. */
const shells = {
  bash: ["/bin/bash", ".bashrc"],
  fish: ["/usr/bin/fish", ".config/fish"],
  tcsh: ["/usr/bin/tcsh", ".cshrc"],
} as const;
const command = "x='!! a' && [ \"$x\" = '!! a' ] && echo said >&2; exit 6";
const reason = /: exit status 6: said \(/;

describe("a command runs in sh", () => {
  let host: LabHost;
  const accounts = Object.fromEntries(
    Object.entries(shells).map(([name, [shell]]) => [name, { uid: 0, gid: 0, home: `/root/${name}`, shell }]),
  );
  useHost({ accounts: { ...accounts, ...sudoer } }, async (made) => {
    host = made;
    await installSudo(host);
    writeFileSync(host.path("/etc/doas.conf"), "permit nopass admin as root cmd /bin/sh\n");
    chmodSync(host.path("/etc/doas.conf"), 0o600);
    for (const [name, [, file]] of Object.entries(shells)) {
      mkdirSync(host.path(`/root/${name}/.config`), { recursive: true });
      if (name === "fish") mkdirSync(host.path(`/root/${name}/${file}`));
      const start = host.path(`/root/${name}/${name === "fish" ? `${file}/config.fish` : file}`);
      writeFileSync(start, 'echo "Welcome (1)[2]"\n');
    }
  });

  test("whichever login shell the account has, and whatever that shell prints", async () => {
    const hosts = Object.fromEntries(Object.keys(shells).map((user) => [user, { ...host.connection, user }]));
    const { why } = await gateOn(hosts, { command, timeout: closing });
    expect(why).toMatch(/^bash, fish, tcsh: exit status 6: said \(/);
  });

  test("through doas", async () => {
    const connection = { ...host.connection, user: "admin", become: { method: "doas" } as const };
    const { why } = await gateOn({ ns1: connection }, { command: `[ $(id -u) = 0 ] && ${command}`, timeout: closing });
    expect(why).toMatch(reason);
  });
});

describe("a command on BusyBox", () => {
  let host: LabHost;
  useHost({ flavour: "busybox" }, (made) => {
    host = made;
  });

  test("tells its end, and ends with the gate", async () => {
    const ask = async (text: string) =>
      (await gateOn({ ns1: host.connection }, { command: text, timeout: closing })).why;
    expect(await ask(command)).toMatch(reason);
    expect(await ask("yes >/dev/null")).toMatch(/: no answer for \d\.\d s \(1 try\)$/);
    await until("the command has ended", () => !hostProcesses(host.pid).some(({ name }) => name === "yes"));
  });
});

import { expect, test } from "@jest/globals";
import { makeKey } from "../../scripts/lab/keys";
import { hostProcesses } from "../../scripts/lab/processes";
import { until } from "../support/daemon";
import { freePort } from "../support/free-port";
import { closing, gateOn } from "../support/run-gate";
import type { LabHost } from "../support/sshd";
import { sshdLog } from "../support/sshd-daemon";
import { installSudo, password, sudoer, sudoers } from "../support/sudoer";
import { useHost } from "../support/use-host";

let host: LabHost;
useHost({ accounts: sudoer }, async (made) => {
  host = made;
  await installSudo(host);
});
const open = async (command: string, more: object = {}) =>
  gateOn({ ns1: { ...host.connection, ...more } }, { command });
const closed = async (command: string, more: object = {}) =>
  (await gateOn({ ns1: { ...host.connection, ...more } }, { command, timeout: closing })).why;

test("a command opens the gate at its third try, over one connection", async () => {
  host.resetCounts();
  expect(await open("echo x >>/run/tries; [ $(wc -l </run/tries) -ge 3 ]")).toMatchObject({ isOpen: true });
  expect([host.connections(), host.commands()]).toStrictEqual([1, 3]);
});

test("a command is any text of sh, and has no input", async () => {
  const text = 'x=\'a"b\' y=$(printf \'%s\' "it\'s")\nif read -r line; then exit 9; fi\n[ "$x$y" = "a\\"bit\'s" ] # \'';
  expect(await open(text)).toMatchObject({ isOpen: true });
});

test("the status and the last line on stderr are the reason, which a terminal cannot act on", async () => {
  const reasons: [command: string, reason: RegExp][] = [
    ["exit 3", /: exit status 3 \(/],
    ["printf 'first\\n\\033[2J last\\n\\n' >&2; echo out; exit 4", /: exit status 4: \\x1b\[2J last \(/],
    ["nosuch-command", /: exit status 127: .*nosuch-command: not found \(/],
    ["if then", /: exit status 2: .*[Ss]yntax error/],
    ["yes long | head -n 300000 >&2; false", /: exit status 1: long \(/],
  ];
  const told = await Promise.all(reasons.map(([command]) => closed(command)));
  for (const [index, why] of told.entries()) {
    expect(why).toMatch(new RegExp(`^ns1: root@127\\.0\\.0\\.1:${host.port}: .* \\(\\d+ tr(y|ies)\\)$`));
    expect(why).toMatch(reasons[index]?.[1] ?? /^$/);
  }
});

test("a command is in no list of processes of the host", async () => {
  const seen = "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -c 'can[a]ry-7' >&2; exit 5; : canary-7";
  expect(await closed(seen)).toMatch(/: exit status 5: 0 \(/);
});

test("a command that does not end closes the gate at its end, and ends on the host then", async () => {
  const hangs = () => hostProcesses(host.pid).filter(({ name }) => name === "tail").length;
  expect(await closed("tail -f /dev/null & wait; tail -f /dev/null")).toMatch(/: no answer for \d\.\d s \(1 try\)$/);
  await until("the command has ended", () => hangs() === 0);
});

test("a command runs as the connection's user, and as root with become", async () => {
  sudoers(host, "admin ALL=(root) /bin/sh");
  const become = { method: "sudo", password } as const;
  expect(await open("[ $(id -un) = admin ]", { user: "admin" })).toMatchObject({ isOpen: true });
  expect(await open("[ $(id -un) = root ]", { user: "admin", become })).toMatchObject({ isOpen: true });
  const { why } = await gateOn(
    { ns1: { ...host.connection, user: "admin", become: { ...become, password: "wr0ng:canary" } } },
    { command: "true" },
  );
  expect(why).toMatch(
    /^ns1: admin@127\.0\.0\.1:\d+: sudo asks for the password of admin, and does not accept .* \(1 try\)$/,
  );
  expect(why).not.toMatch(/canary|h0rse/);
});

test("a changed host key and a refused login are reasons at once: no second try locks the account", async () => {
  const begin = sshdLog(host).length;
  const connections = {
    changed: { ...host.connection, hostKey: makeKey("ed25519").publicKey },
    refused: { ...host.connection, privateKey: makeKey("ed25519").privateKey },
    right: host.connection,
  };
  const { why = "" } = await gateOn(connections, { command: "true" });
  expect(why).toMatch(/changed: root@127\.0\.0\.1:\d+: its host key has changed.*SHA256:.* \(1 try\)/s);
  expect(why).toMatch(/refused: root@127\.0\.0\.1:\d+: it does not accept connection\.privateKey.* \(1 try\)/s);
  expect(why).not.toMatch(/right: |PRIVATE KEY|\n/);
  expect(
    sshdLog(host)
      .slice(begin)
      .match(/Accepted publickey/g),
  ).toHaveLength(1);
});

test("a host without SSH, and one that hangs, are reasons", async () => {
  const port = await freePort();
  expect(await closed("true", { port })).toMatch(
    /: nothing accepts connections on port \d+ there \(ECONNREFUSED\); check/,
  );
  host.freeze();
  try {
    expect(await closed("true", { perDialTimeout: 0 })).toMatch(/: no answer for \d+(\.\d)? s/);
  } finally {
    host.thaw();
  }
});

test("an account that runs no commands says so", async () => {
  expect(await closed("true", { user: "nobody" })).toMatch(
    /: the account does not run commands, it says: .*not available/,
  );
});

test("a unit is asked for by its name, and its state is the reason", async () => {
  const unit = "fsck@dev-disk\\x2droot.service";
  await host.replace("/usr/bin/systemctl", () =>
    ["#!/bin/sh", 'printf "%s|" "$@" >/run/asked; cat /run/state; [ "$(cat /run/state)" = active ]', ""].join("\n"),
  );
  try {
    await host.must("echo active >/run/state");
    expect(await gateOn({ ns1: host.connection }, { unit })).toMatchObject({ isOpen: true });
    expect(await host.must("cat /run/asked")).toBe(`is-active|--|${unit}|`);
    await host.must("echo inactive >/run/state");
    const { why } = await gateOn({ ns1: host.connection }, { unit, timeout: closing });
    expect(why).toMatch(/^ns1: root@127\.0\.0\.1:\d+: fsck@dev-disk\\x2droot\.service is inactive \(\d+ tr(y|ies)\)$/);
  } finally {
    await host.restore("/usr/bin/systemctl");
  }
});

test("a host without systemd, and one without systemctl, are told apart from a unit that is not active", async () => {
  const { why } = await gateOn({ ns1: host.connection }, { unit: "named.service", timeout: closing });
  expect(why).toMatch(/: named\.service is not known to be active: .+ \(/);
  // A shell does not find a file that nobody may execute.
  await host.must("mount --bind /dev/null /usr/bin/systemctl");
  const without = await gateOn({ ns1: host.connection }, { unit: "named.service", timeout: closing });
  expect(without.why).toMatch(/: there is no systemctl on the host \(/);
});

// @ts-check
// Provides the tests' host: requires Linux and root, and installs missing daemons and tools.
"use strict";

const fs = require("node:fs");

const { findCommand } = require("../pulumi-bin.js");
const { step } = require("./progress.js");
const { SetupError, fail, run } = require("./run.js");

/**
 * The commands that the tests call, and their packages for each package manager. A `*` at the end of a name stands for a
 * version: `php-fpm*` means `php-fpm8.2` too.
 * @typedef {"apt-get" | "dnf" | "apk"} Manager
 * @type {({ commands: string[] } & Record<Manager, string>)[]}
 */
const needs = [
  { commands: ["sshd"], "apt-get": "openssh-server", dnf: "openssh-server", apk: "openssh-server" },
  { commands: ["ssh", "ssh-keygen", "sftp"], "apt-get": "openssh-client", dnf: "openssh-clients", apk: "openssh" },
  { commands: ["named"], "apt-get": "bind9", dnf: "bind", apk: "bind" },
  { commands: ["nginx"], "apt-get": "nginx-light", dnf: "nginx", apk: "nginx" },
  { commands: ["haproxy"], "apt-get": "haproxy", dnf: "haproxy", apk: "haproxy" },
  { commands: ["unbound", "unbound-checkconf"], "apt-get": "unbound", dnf: "unbound", apk: "unbound" },
  {
    commands: ["rndc", "named-checkconf", "named-checkzone"],
    "apt-get": "bind9 bind9-utils",
    dnf: "bind bind-utils",
    apk: "bind bind-tools",
  },
  { commands: ["dig"], "apt-get": "bind9-dnsutils", dnf: "bind-utils", apk: "bind-tools" },
  { commands: ["rsync"], "apt-get": "rsync", dnf: "rsync-daemon rsync", apk: "rsync" },
  { commands: ["php-fpm*", "php"], "apt-get": "php-fpm php-cli", dnf: "php-fpm php-cli", apk: "php83-fpm php83" },
  { commands: ["cgi-fcgi"], "apt-get": "libfcgi-bin", dnf: "fcgi", apk: "fcgi" },
  { commands: ["rsyslogd"], "apt-get": "rsyslog", dnf: "rsyslog", apk: "rsyslog" },
  { commands: ["setfacl", "getfacl"], "apt-get": "acl", dnf: "acl", apk: "acl" },
  { commands: ["setcap", "getcap", "capsh"], "apt-get": "libcap2-bin", dnf: "libcap", apk: "libcap" },
  { commands: ["chattr", "lsattr"], "apt-get": "e2fsprogs", dnf: "e2fsprogs", apk: "e2fsprogs-extra" },
  { commands: ["busybox"], "apt-get": "busybox-static", dnf: "busybox", apk: "busybox-static" },
  { commands: ["unshare", "nsenter"], "apt-get": "util-linux", dnf: "util-linux", apk: "util-linux" },
  { commands: ["ip"], "apt-get": "iproute2", dnf: "iproute", apk: "iproute2" },
  { commands: ["flock"], "apt-get": "util-linux", dnf: "util-linux-core", apk: "flock" },
  { commands: ["python3"], "apt-get": "python3 python3-venv", dnf: "python3", apk: "python3" },
  { commands: ["cc"], "apt-get": "gcc libc6-dev", dnf: "gcc glibc-devel", apk: "gcc musl-dev" },
  {
    commands: ["setpriv", "prlimit", "script"],
    "apt-get": "util-linux bsdutils",
    dnf: "util-linux",
    apk: "setpriv util-linux-misc",
  },
  { commands: ["sudo"], "apt-get": "sudo", dnf: "sudo", apk: "sudo" },
  { commands: ["doas"], "apt-get": "opendoas", dnf: "opendoas", apk: "doas" },
  { commands: ["systemd-analyze"], "apt-get": "systemd", dnf: "systemd", apk: "systemd" },
  { commands: ["fish"], "apt-get": "fish", dnf: "fish", apk: "fish" },
  { commands: ["tcsh"], "apt-get": "tcsh", dnf: "tcsh", apk: "tcsh" },
  { commands: ["mkfs.btrfs", "btrfs"], "apt-get": "btrfs-progs", dnf: "btrfs-progs", apk: "btrfs-progs" },
  { commands: ["losetup"], "apt-get": "mount", dnf: "util-linux", apk: "losetup" },
  { commands: ["chromium"], "apt-get": "chromium", dnf: "chromium", apk: "chromium" },
  { commands: ["mtree"], "apt-get": "mtree-netbsd", dnf: "mtree", apk: "mtree" },
];

/** @type {Record<Manager, string[]>} */
const installArgs = {
  "apt-get": ["install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120"],
  dnf: ["install", "-y"],
  apk: ["add", "--no-cache"],
};

// A login shell's PATH often lacks these folders, and daemons are in them.
const adminDirs = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

function requireTestHost() {
  if (process.platform !== "linux") {
    throw new SetupError(`the tests make chroot jails and run on Linux only, this is ${process.platform}`);
  }
  if (process.getuid?.() !== 0) {
    throw new SetupError("the tests make chroot jails in namespaces of their own and need root: run them with sudo");
  }
}

/** Runs before the long steps: a user who cannot see the demo here must not wait for the build of a CLI. */
function requireDemoHost() {
  if (process.platform === "linux" && process.getuid?.() === 0) return;
  const why = process.platform === "linux" ? "this is not root" : `this is ${process.platform}`;
  throw new SetupError(
    [
      `the demo makes a throwaway host in namespaces of its own, which needs root and Linux, and ${why}.`,
      "So it cannot show here how pulumi up makes a BIND jail, how pulumi preview shows what was changed behind its back,",
      "and how the next pulumi up repairs that. To see it, run it as root on Linux (sudo npm run demo), in a virtual machine",
      "for example. To see it on a host of your own, use examples/named: pulumi config set host NAME, then pulumi preview,",
      "which changes nothing.",
    ].join("\n"),
  );
}

/** @param {string[]} commands */
function missingOf(commands) {
  return commands.filter((command) => {
    if (!command.endsWith("*")) return findCommand(command, adminDirs) === undefined;
    return !adminDirs.some(
      (dir) => fs.existsSync(dir) && fs.readdirSync(dir).some((name) => name.startsWith(command.slice(0, -1))),
    );
  });
}

function missingCommands() {
  return needs.flatMap((need) => missingOf(need.commands));
}

/** @param {Manager} manager */
function missingPackages(manager) {
  return needs.filter((need) => missingOf(need.commands).length > 0).flatMap((need) => need[manager].split(" "));
}

/** Installs the missing commands that the tests call. */
async function installTestCommands() {
  const commands = missingCommands().join(", ");
  if (commands === "") return;
  const manager = /** @type {Manager[]} */ (Object.keys(installArgs)).find((name) => findCommand(name, adminDirs));
  if (manager === undefined) {
    throw new SetupError(`the tests need ${commands}: install them (no apt-get, dnf or apk here to do it with)`);
  }
  const packages = missingPackages(manager);
  const byHand = `${manager} install ${packages.join(" ")}`.replace("apk install", "apk add");
  const result = await step(`Installing ${packages.join(", ")}`, () => install(manager, packages));
  if (!result.ok) fail(result, `the tests need ${commands}, which can't be installed, see above: try ${byHand}`);
  const still = missingCommands().join(", ");
  if (still !== "") throw new SetupError(`the tests need ${still}, which "${byHand}" didn't bring: install them`);
}

/**
 * @param {Manager} manager
 * @param {string[]} packages
 */
async function install(manager, packages) {
  const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  const args = [...installArgs[manager], ...packages];
  if (manager !== "apt-get") return run(manager, args, options);
  return withoutServiceStarts(async () => {
    const first = await run(manager, args, options);
    if (first.ok) return first;
    // Most often the package lists are missing or outdated.
    const update = await run(manager, ["update"], options);
    return update.ok ? run(manager, args, options) : update;
  });
}

const policyFile = "/usr/sbin/policy-rc.d";
const policy =
  "#!/bin/sh\n# Made by pulumi-chroot's scripts/setup.js while it installs packages; safe to delete.\nexit 101\n";

/**
 * Keeps Debian from starting each daemon that it installs: the policy file forbids it. An existing policy file stays, because it
 * is the policy of the host's owner.
 * @template T
 * @param {() => Promise<T>} work
 */
async function withoutServiceStarts(work) {
  if (fs.existsSync(policyFile) && fs.readFileSync(policyFile, "utf8") !== policy) return work();
  const remove = () => fs.rmSync(policyFile, { force: true });
  // An interrupt ends the process without running the finally block.
  process.once("exit", remove);
  fs.writeFileSync(policyFile, policy, { mode: 0o755 });
  try {
    return await work();
  } finally {
    remove();
    process.removeListener("exit", remove);
  }
}

module.exports = { installTestCommands, requireDemoHost, requireTestHost };

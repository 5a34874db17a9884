import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { launcherParts } from "../../provider/agent/script-parts";
import type { Launch } from "../../provider/model/launch";
import { launcherScript } from "../../provider/render/host-files/launcher";
import { findTool } from "../../scripts/lab/requirements";
import type { LabRoot } from "../../scripts/lab/root";

/** Starts of a daemon in a jail, for tests. */

export const launch: Launch = {
  label: "Wrapper named",
  reason: "named answers the world",
  root: "/chroot/named",
  writable: [],
  mounts: [],
  command: ["/daemon", "wait"],
  uid: 7001,
  gid: 7002,
  groups: [],
  environment: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
  umask: 0o027,
  limits: { core: 0 },
  capabilities: {},
};

/** Arguments with every character that a shell or systemd interprets; each must arrive unchanged. */
export const oddArguments = [
  "",
  " ",
  "-n",
  "--",
  "*",
  "~",
  "#x",
  ";",
  "%n%%",
  "$HOME $$ $(id) `id`",
  "\\ \\n \\",
  "'\"'\"",
  "!x & | > < ( ) [a] {a,b}",
  "caf\u00e9 \u{1f512} \u202e \u00ad \ufeff",
  String.fromCharCode(...Array.from({ length: 127 }, (_, at) => at + 1)).replace("\n", ""),
];

/** Reasons that would be code, or a setting, on a line of their own. */
export const hostileReasons = [
  "one\ntouch /tmp/code",
  "one\r\nExecStartPre=/bin/touch /tmp/code",
  "ends in a backslash \\",
  "$(touch /tmp/code) `touch /tmp/code` %n ' \"",
  "\u2028touch /tmp/code\u0085\u000b\u000c",
];

/** Writes the launcher to a host. */
export function deliver(host: LabRoot, more: Partial<Launch> = {}, at = launcherFile): void {
  const file = host.path(at);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, launcherScript({ ...launch, ...more }, launcherParts()));
  chmodSync(file, 0o755);
}

/** Where {@link deliver} writes: /usr of a lab host is the machine's. */
export const launcherFile = "/opt/lab/jail-start";

/** A daemon that needs no libraries: it waits, ends with a status, prints its arguments, or binds port 53. */
const daemon = `
#include <arpa/inet.h>
#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(int count, char **args) {
  const char *what = count > 1 ? args[1] : "";
  if (!strcmp(what, "wait")) for (;;) pause();
  if (!strcmp(what, "end")) return atoi(args[2]);
  if (!strcmp(what, "print")) for (int at = 2; at < count; at++) fwrite(args[at], 1, strlen(args[at]) + 1, stdout);
  if (!strcmp(what, "join")) {
    syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
    syscall(SYS_add_key, "user", "lab", "secret", 6, KEY_SPEC_SESSION_KEYRING);
    execvp(args[2], args + 2);
  }
  if (!strcmp(what, "search"))
    puts(syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", "lab", 0) < 0 ? strerror(errno) : "found");
  if (!strcmp(what, "bind")) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int failed = bind(socket(AF_INET, SOCK_DGRAM, 0), (struct sockaddr *)&address, sizeof address);
    puts(failed ? strerror(errno) : "bound");
  }
  return 0;
}`;

/** Puts the daemon into a jail on a host. */
export function makeJail(host: LabRoot, root = launch.root): void {
  mkdirSync(host.path(`${root}/etc`), { recursive: true });
  execFileSync(findTool("cc") ?? "cc", ["-static", "-x", "c", "-o", host.path(`${root}/daemon`), "-"], {
    input: daemon,
  });
}

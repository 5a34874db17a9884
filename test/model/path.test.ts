import { describe, expect, test } from "@jest/globals";
import { hostPathProblem, jailPathProblem, jailPlaceProblem, rootProblem } from "../../provider/model/path";

const printed = (text: string) => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

describe("a jail's root", () => {
  const roots = [
    "/chroot/named",
    "/srv/jails/a b",
    "/var/lib/named",
    "/home/jail",
    "/opt/x/usr/bin",
    "/usr/local/jail",
    "/etcetera",
    "/etc/nsd",
    "/etc/unbound/chroot",
    "/zoné",
    "/a/..b/.c",
  ];
  for (const root of roots) test(`may be ${printed(root)}`, () => expect(rootProblem(root)).toBe(undefined));

  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /relative/],
    ["chroot/named", /relative/],
    ["./chroot", /relative/],
    ["~/jail", /relative/],
    ["/chroot/../etc", /"\.\."/],
    ["/chroot/..", /"\.\."/],
    ["/chroot/./named", /"\."/],
    ["/chroot//named", /empty component/],
    ["/chroot/named/", /empty component/],
    ["//", /empty component/],
    ["/chroot/a\0b", /NUL/],
    ["/chroot/a\nb", /newline/],
    [`/${"a".repeat(1024)}`, /longer than 1024/],
    ...[
      "/",
      "/bin",
      "/boot",
      "/dev",
      "/etc",
      "/home",
      "/lib",
      "/lib64",
      "/media",
      "/mnt",
      "/opt",
      "/proc",
      "/root",
      "/run",
      "/sbin",
      "/srv",
      "/sys",
      "/tmp",
      "/usr",
      "/usr/bin",
      "/usr/local",
      "/usr/share",
      "/var",
      "/var/lib",
      "/var/log",
      "/var/run",
      "/var/tmp",
    ].map((root) => [root, /directory of the system/] as const),
    ...[
      "/etc/ssh",
      "/etc/pam.d/jail",
      "/etc/systemd/system",
      "/etc/cron.d",
      "/dev/shm/x",
      "/proc/1/root",
      "/sys/fs",
      "/usr/bin/x",
      "/usr/lib/x/y",
      "/boot/efi",
      "/var/lib/pulumi-chroot",
      "/var/lib/pulumi-chroot/x",
    ].map((root) => [root, /directory of the system/] as const),
  ];
  for (const [root, why] of refused)
    test(`may not be ${printed(root)}`, () => expect(rootProblem(root) ?? "accepted").toMatch(why));
});

test("a path that Linux or a look does not come to is none of a file", () => {
  const deep = (names: number) => Array(names).fill("a").join("/");
  for (const path of ["etc", ".", "a".repeat(255), deep(100), `${"é".repeat(127)}/a`])
    expect(jailPlaceProblem(path)).toBe(undefined);
  for (const name of ["a".repeat(256), "é".repeat(128)]) {
    for (const why of [jailPlaceProblem(name), rootProblem(`/srv/${name}`), hostPathProblem(`/srv/${name}`)])
      expect(why ?? "accepted").toMatch(/a name of more than 255 bytes/);
  }
  expect(jailPlaceProblem(deep(101)) ?? "accepted").toMatch(/more than 100 directories deep/);
  expect(jailPlaceProblem(Array(20).fill("a".repeat(200)).join("/")) ?? "accepted").toMatch(/longer than 3840 bytes/);
});

describe("a path in a jail", () => {
  for (const path of [".", "etc", "var/run/named.pid", ".hidden", "a/..b", "...", "a b", "zoné", "a\\b"])
    test(`may be ${printed(path)}`, () => expect(jailPathProblem(path)).toBe(undefined));

  const refused: readonly (readonly [string, RegExp])[] = [
    ["", /empty/],
    ["/etc", /absolute/],
    ["/", /absolute/],
    ["..", /contains "\.\."/],
    ["../etc", /contains "\.\."/],
    ["a/../../b", /contains "\.\."/],
    ["a/..", /contains "\.\."/],
    ["./etc", /empty component or "\."/],
    ["a/./b", /empty component or "\."/],
    ["a//b", /empty component/],
    ["a/", /empty component/],
    ["a\0b", /NUL/],
    ["a\nb", /newline/],
  ];
  for (const [path, why] of refused)
    test(`may not be ${printed(path)}`, () => expect(jailPathProblem(path) ?? "accepted").toMatch(why));
});

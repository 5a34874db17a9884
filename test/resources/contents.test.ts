import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { argumentFailures } from "../../provider/resources/argument-failures";
import { jailKind } from "../../provider/resources/jail/kind";

const baseline = { owner: "root", group: "root", fileMode: "0644", directoryMode: "0755" };
const jail = { connection: { host: "h" }, root: "/srv/jail", user: "www", group: "www", baseline };
const reason = "why";
const device = { type: "character", major: 240, minor: 1, mode: "0600", reason, allowDangerous: reason };
const bind = { type: "bind", source: "/srv/data", reason };
const tmpfs = { type: "tmpfs", size: "64m", reason };
const proc = { type: "proc", allowDangerous: reason, reason };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const devices = (more: object) => ({ devices: { x: { ...device, ...more } } });
const mounts = (of: unknown, path = "a") => ({ mounts: { [path]: of } });
const user = (more: object) => ({ accounts: { users: { www: more } } });

/** Typical mistakes and their messages: each names the place, the mistake and the remedy. */
const mistakes: readonly [args: object, said: string][] = [
  [{ devices: { null: true } }, "devices.null: must be a string or an object, not true or false"],
  [{ devices: ["null"] }, "must be an object, not a list"],
  [{ devices: { "dev/null": reason } }, 'devices.dev/null: is a name below dev: write "null", not "dev/null"'],
  [devices({ mode: undefined }), "devices.x.mode: is missing"],
  [devices({ reason: undefined }), "devices.x.reason: is missing"],
  [devices({ reason: "" }), "devices.x.reason: is blank: say why, the next admin will ask"],
  [devices({ type: "char" }), 'devices.x.type: must be "character" or "block"'],
  [devices({ major: "240" }), "devices.x.major: must be a number, not a string"],
  [devices({ mode: 0o600 }), "devices.x.mode: must be a string, not a number"],
  [devices({ mode: "g+w" }), 'devices.x.mode: "g+w" is relative: say every bit, as in "0640" or "u=rw,g=r,o="'],
  [devices({ majr: 1 }), "devices.x.majr is not known: did you mean major?"],
  [
    devices({ allowDangerous: undefined }),
    "devices.x: is character device 240:1, which gives the daemon the host's driver 240, which is not known to be harmless: leave it out, or say in allowDangerous why it has to be",
  ],
  [
    devices({ major: undefined, minor: undefined }),
    "devices.x: has no major and minor, and is not one of the devices that need none (null, zero, full, random, urandom, tty): say type, major and minor",
  ],
  [
    { devices: { randon: { mode: "0444", reason } } },
    "devices.randon: has no type, major and minor, and is not one of the devices that need none (null, zero, full, random, urandom, tty): did you mean random? For others say type, major and minor",
  ],
  [
    { devices: { random: { minor: 9, mode: "0444", reason } } },
    "devices.random: is character device 1:9, and programs expect character device 1:8 at this name: leave the numbers out, or give it another name",
  ],
  [{ devices: { random: { reason } } }, "devices.random.mode: is missing"],
  [user({ home: "/a" }), "accounts.users.www.reason: is missing"],
  [
    user({ reason, uid: 33 }),
    "accounts.users.www.uid is not known: it can have reason, shell, home, comment, group, allowRoot",
  ],
  [user({ reason, shell: "sh" }), 'accounts.users.www.shell: "sh" is relative: write the absolute path in the jail'],
  [
    user({ reason, shell: "/bin/sh:x" }),
    'accounts.users.www.shell: "/bin/sh:x" contains ":", which ends a field of passwd',
  ],
  [user({ reason, home: "/a/../b" }), 'accounts.users.www.home: "/a/../b" contains "." or "..": write the path itself'],
  [
    user({ reason, home: "/a\r" }),
    "accounts.users.www.home: contains a control character, such as a newline: a user has one line of passwd",
  ],
  [
    user({ reason, comment: "www\nroot" }),
    "accounts.users.www.comment: contains a control character, such as a newline: a user has one line of passwd",
  ],
  [user({ reason, comment: "a:b" }), 'accounts.users.www.comment: "a:b" contains ":", which ends a field of passwd'],
  [{ hostFiles: { caBundle: { path: "/a" } } }, "hostFiles.caBundle.reason: is missing"],
  [{ hostFiles: { caBundle: 7 } }, "hostFiles.caBundle: must be a string or an object, not a number"],
  [
    { hostFiles: { "/etc/hosts": reason } },
    "hostFiles./etc/hosts is not known: it can have nsswitch, resolvConf, hosts, localtime, caBundle, services, protocols",
  ],
  [mounts("/srv/data"), "mounts.a: must be an object, not a string"],
  [mounts({ ...bind, type: "Bind" }), 'mounts.a.type: must be "bind" or "tmpfs" or "proc"'],
  [mounts({ ...bind, source: undefined }), "mounts.a: has no source: give the path on the host"],
  [mounts({ ...bind, readonly: true }), "mounts.a.readonly is not known: did you mean readOnly?"],
  [mounts({ ...bind, size: "1m" }), "mounts.a: has size, which a bind does not have"],
  [mounts({ ...bind, source: "/proc/1" }), "mounts.a: shows the host's /proc: with that a daemon can leave the jail"],
  [mounts({ ...tmpfs, untrustedSource: reason }), "mounts.a: has untrustedSource, which a tmpfs does not have"],
  [mounts({ ...bind, untrustedSource: " " }), "mounts.a.untrustedSource: is blank: say why, the next admin will ask"],
  [
    mounts({ type: "proc", reason }),
    "mounts.a: is a proc: through /proc/PID/root of a process outside with its user the daemon leaves the jail: leave it out, or say in allowDangerous why it has to be",
  ],
  [mounts({ ...proc, exec: true }), "mounts.a: has exec, which a proc does not have"],
  [mounts({ ...proc, source: "/proc" }), "mounts.a: has source, which a proc does not have"],
  [mounts({ ...proc, hidepid: "2" }), 'mounts.a.hidepid: must be "off" or "noaccess" or "invisible" or "ptraceable"'],
  [mounts({ ...proc, subset: "sys" }), 'mounts.a.subset: must be "pid" or "all"'],
  [mounts({ ...bind, allowDangerous: reason }), "mounts.a: has allowDangerous, which a bind does not have"],
  [mounts({ ...tmpfs, size: "64MB" }), 'mounts.a.size: "64MB" is not a size such as "64m"'],
  [
    mounts({ ...tmpfs, mode: "2770" }),
    'mounts.a.mode: "2770" has special bits: the sticky bit is the only one here, in octal digits as in "1777"',
  ],
  [mounts({ ...tmpfs, mode: "g+w" }), 'mounts.a.mode: "g+w" is relative: say every bit, as in "0640" or "u=rw,g=r,o="'],
  [mounts({ ...tmpfs, reason: undefined }), "mounts.a.reason: is missing"],
  [mounts(bind, "/a"), 'mounts./a: "/a" is absolute: paths are relative to the jail\'s root, without the first "/"'],
  [{ undeclared: "purge" }, 'must be "report" or "ignore" or "prune"'],
  [{ protect: ["etc"] }, "must be an object, not a list"],
  [{ connection: { host: "h", proxy: "jump" } }, "connection.proxy: must be an object or a list, not a string"],
  [{ connection: { host: "h", proxy: { hots: "j" } } }, "connection.proxy.host: is missing"],
];

for (const [args, said] of mistakes)
  test(`a Jail with ${JSON.stringify(args)} is told what is wrong`, () => {
    const reasons = argumentFailures(jailKind, { ...jail, ...args }).map(({ reason: why }) => why);
    assert.equal(reasons[0], said, JSON.stringify(reasons));
  });

test("a device that nobody knows by its name is told the one that was meant", () => {
  const [{ reason: why = "" } = {}] = argumentFailures(jailKind, { ...jail, devices: { nul: reason } });
  expect(why).toMatch(
    /^devices\.nul: .*null, zero, .*: did you mean null\? For others say type, major, minor and mode/,
  );
});

test("what is not known yet is no mistake, in whichever of several types it is", () => {
  for (const part of [
    {
      devices: {
        random: { minor: unknown, mode: "0444", reason },
        ours: unknown,
        x: { ...device, mode: unknown, owner: unknown, major: unknown },
      },
    },
    { accounts: { users: { www: { reason: unknown, home: unknown } } }, hostFiles: { caBundle: unknown } },
    { connection: { host: "h", proxy: [{ host: unknown, port: unknown }] } },
  ])
    expect(argumentFailures(jailKind, { ...jail, ...part })).toStrictEqual([]);
});

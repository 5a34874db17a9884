import assert from "node:assert/strict";
import { test } from "node:test";
import { failuresOf } from "../../provider/handlers/failures";
import { jailKind } from "../../provider/resources/jail/kind";

const baseline = { owner: "root", group: "root", fileMode: "0644", directoryMode: "0755" };
const jail = { connection: { host: "h" }, root: "/srv/jail", user: "www", group: "www", baseline };
const reason = "why";
const device = { type: "character", major: 240, minor: 1, mode: "0600", reason };
const bind = { type: "bind", source: "/srv/data", reason };
const tmpfs = { type: "tmpfs", size: "64m", reason };
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const devices = (more: object) => ({ devices: { x: { ...device, ...more } } });
const mounts = (of: unknown, path = "a") => ({ mounts: { [path]: of } });
const user = (more: object) => ({ accounts: { users: { www: more } } });

/** What a hurried hand writes, and what it is told: where it is, what is wrong, what to write. */
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
  [user({ home: "/a" }), "accounts.users.www.reason: is missing"],
  [
    user({ reason, shell: "/bin/sh" }),
    "accounts.users.www.shell is not known: it can have reason, home, group, allowRoot",
  ],
  [{ hostFiles: { caBundle: { path: "/a" } } }, "hostFiles.caBundle.reason: is missing"],
  [{ hostFiles: { caBundle: 7 } }, "hostFiles.caBundle: must be a string or an object, not a number"],
  [
    { hostFiles: { "/etc/hosts": reason } },
    "hostFiles./etc/hosts is not known: it can have nsswitch, resolvConf, hosts, localtime, caBundle, services, protocols",
  ],
  [mounts("/srv/data"), "mounts.a: must be an object, not a string"],
  [mounts({ ...bind, type: "Bind" }), 'mounts.a.type: must be "bind" or "tmpfs"'],
  [mounts({ ...bind, source: undefined }), "mounts.a: says no source: give the host's directory"],
  [mounts({ ...bind, readonly: true }), "mounts.a.readonly is not known: did you mean readOnly?"],
  [mounts({ ...bind, size: "1m" }), "mounts.a: has size, which a bind does not have"],
  [mounts({ ...bind, source: "/proc/1" }), "mounts.a: shows the host's /proc: with that a daemon can leave the jail"],
  [mounts({ ...tmpfs, size: "64MB" }), 'mounts.a.size: "64MB" is not a size such as "64m"'],
  [mounts({ ...tmpfs, reason: undefined }), "mounts.a.reason: is missing"],
  [mounts(bind, "/a"), 'mounts./a: "/a" is absolute: paths are relative to the jail\'s root, without the first "/"'],
  [{ undeclared: "purge" }, 'must be "report" or "ignore" or "prune"'],
  [{ protect: ["etc"] }, "must be an object, not a list"],
  [{ connection: { host: "h", proxy: "jump" } }, "connection.proxy: must be an object or a list, not a string"],
  [{ connection: { host: "h", proxy: { hots: "j" } } }, "connection.proxy.host: is missing"],
];

for (const [args, said] of mistakes)
  test(`a Jail with ${JSON.stringify(args)} is told what is wrong`, () => {
    const reasons = failuresOf(jailKind, { ...jail, ...args }).map(({ reason: why }) => why);
    assert.equal(reasons[0], said, JSON.stringify(reasons));
  });

test("a device that nobody knows by its name is told the one that was meant", () => {
  const [{ reason: why = "" } = {}] = failuresOf(jailKind, { ...jail, devices: { nul: reason } });
  assert.match(why, /^devices\.nul: .*null, zero, .*: did you mean null\? For others say type, major, minor and mode/);
});

test("what is not known yet is no mistake, in whichever of several types it is", () => {
  for (const part of [
    { devices: { ours: unknown, x: { ...device, mode: unknown, owner: unknown, major: unknown } } },
    { accounts: { users: { www: { reason: unknown, home: unknown } } }, hostFiles: { caBundle: unknown } },
    { connection: { host: "h", proxy: [{ host: unknown, port: unknown }] } },
  ])
    assert.deepEqual(failuresOf(jailKind, { ...jail, ...part }), []);
});

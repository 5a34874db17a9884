import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as pulumi from "@pulumi/pulumi";
import { Verbs } from "../../provider/dynamic/verbs";
import { jailKind } from "../../provider/resources/jail/kind";
import { jailFileKind } from "../../provider/resources/jail-file/kind";
import type { ResourceKind } from "../../provider/resources/kind";
import { permissionRuleKind } from "../../provider/resources/permission-rule/kind";
import { newEngine } from "../support/session";

type Args = Record<string, unknown>;
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const baseline = { owner: "root", group: "named", fileMode: "u=rw,og=r", directoryMode: "0755" };
const connection: Args = { host: "127.0.0.1", hostKey: "ssh-ed25519 AAAA" };
const jail: Args = { connection, root: "/chroot/named", user: "named", group: "named", baseline };
const rule: Args = { jail: { connection, root: "/chroot/named" }, match: "var", owner: "root", reason: "why" };
const file: Args = { jail: { connection, root: "/chroot/named" }, path: "etc/f", content: "x", reason: "why" };

let server: Server;
let connections = 0;
beforeAll(async () => {
  server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  connection["port"] = (server.address() as { port: number }).port;
});
afterAll(() => void server.close());

async function failuresOf(kind: ResourceKind, args: Args): Promise<[string, string][]> {
  const urn = `urn:pulumi:dev::proj::pulumi-nodejs:dynamic/chroot:${kind.name}::x`;
  const site = kind === jailKind ? { connection: args["connection"], root: args["root"] } : args["jail"];
  const turn = { urn, preview: true, survey: JSON.stringify([site]) };
  const { failures = [] } = await new Verbs(kind, newEngine()).check({}, { ...args, turn, drift: unknown });
  return failures.map(({ property, reason }) => [property, reason]);
}

const user = (more: Args) => ({ users: { www: { reason: "why", ...more } } });
const bundle = (path: string) => ({ caBundle: { path, reason: "why" } });

/** A mistake, the property at which it must be reported, and the text of the report. */
type Mistake = readonly [what: string, change: Args, property: string, reason: RegExp];

const jailMistakes: readonly Mistake[] = [
  ["root as the daemon", { user: "root" }, "user", /has the number 0, and root leaves any chroot: .* allowRoot/],
  ["root by its number", { user: "00" }, "user", /has the number 0/],
  ["root without a reason", { user: "0", allowRoot: "" }, "allowRoot", /./],
  ["a relative root", { root: "chroot/named" }, "root", /absolute path/],
  ["the host's own root", { root: "/" }, "root", /directory of the system/],
  ["a system directory", { root: "/etc" }, "root", /directory of the system/],
  ["what is below a system directory", { root: "/usr/lib/jail" }, "root", /directory of the system/],
  [
    "a directory of /etc that many programs read",
    { root: "/etc/ssl/x", adopt: true },
    "root",
    /\/etc\/ssl is a directory/,
  ],
  [
    "a root below /etc that nobody has taken over",
    { root: "/etc/nsd" },
    "root",
    /is below \/etc.* confirm with adopt: true that only the daemon/,
  ],
  ["a root with ..", { root: "/chroot/../etc" }, "root", /"\.\."/],
  ["a root with NUL", { root: "/chroot/a\0" }, "root", /NUL/],
  ["a root with a newline", { root: "/chroot/a\nb" }, "root", /newline/],
  ["an impossible baseline mode", { baseline: { ...baseline, fileMode: "0999" } }, "baseline.fileMode", /not a mode/],
  ["a relative baseline mode", { baseline: { ...baseline, fileMode: "g+w" } }, "baseline.fileMode", /is relative/],
  ["one that X makes relative", { baseline: { ...baseline, fileMode: "go=rX" } }, "baseline.fileMode", /is relative/],
  [
    "a relative mode of directories",
    { baseline: { ...baseline, directoryMode: "o=" } },
    "baseline.directoryMode",
    /is relative/,
  ],
  [
    "setuid in the baseline",
    { baseline: { ...baseline, fileMode: "4755" } },
    "baseline.fileMode",
    /state them as special/,
  ],
  ["a baseline without a mode", { baseline: { ...baseline, fileMode: undefined } }, "baseline.fileMode", /./],
  ["a user that is none", { user: "a:b" }, "user", /not the name or number/],
  ["no group", { group: undefined }, "group", /./],
  ["a glob that leaves the root", { exclude: { "../x": "why" } }, "exclude.../x", /contains "\.\."/],
  ["an escaped glob that leaves the root", { exclude: { "\\.\\./x": "why" } }, "exclude.\\.\\./x", /\.\./],
  ["an absolute directory", { directories: { "/etc": "why" } }, "directories./etc", /is absolute/],
  ["a writable directory outside", { writable: { "a/../..": "why" } }, "writable.a/../..", /contains "\.\."/],
  ["a directory without a reason", { directories: { etc: "" } }, "directories.etc", /is blank/],
  ["a writable directory with a blank reason", { writable: { run: " \t" } }, "writable.run", /is blank/],
  ["an exclusion without a reason", { exclude: { "a/**": null } }, "exclude.a/**", /./],
  ["a user of the jail without a reason", { accounts: { users: { www: " " } } }, "accounts.users.www", /is blank/],
  ["a group without a reason", { accounts: { groups: { www: "" } } }, "accounts.groups.www", /is blank/],
  ["a user with a blank reason", { accounts: user({ reason: "" }) }, "accounts.users.www.reason", /is blank/],
  ["a number for a user's name", { accounts: { users: { "1033": "why" } } }, "accounts.users.1033", /is a number/],
  ["a name with a field in it", { accounts: { groups: { "a:b": "why" } } }, "accounts.groups.a:b", /not the name/],
  ["a relative home", { accounts: user({ home: "var/www" }) }, "accounts.users.www.home", /is relative/],
  ["a home with a field in it", { accounts: user({ home: "/a:/bin/sh" }) }, "accounts.users.www.home", /contains ":"/],
  ["a home with a line in it", { accounts: user({ home: "/a\nb" }) }, "accounts.users.www.home", /newline/],
  [
    "root without saying why",
    { accounts: { users: { root: "why" } } },
    "accounts.users.root",
    /a reason in allowRoot$/,
  ],
  ["root for a blank reason", { accounts: user({ allowRoot: " " }) }, "accounts.users.www.allowRoot", /is blank/],
  ["a user with a shell that is no path", { accounts: user({ shell: "sh" }) }, "accounts.users.www.shell", /relative/],
  ["accounts that are none", { accounts: { user: {} } }, "accounts.user", /not known: did you mean users\?$/],
  ["a host's file without a reason", { hostFiles: { hosts: "" } }, "hostFiles.hosts", /is blank/],
  [
    "a host's file that nobody knows",
    { hostFiles: { resolveConf: "why" } },
    "hostFiles.resolveConf",
    /not known: did you mean resolvConf\?$/,
  ],
  ["a bundle at a relative path", { hostFiles: bundle("etc/ca.pem") }, "hostFiles.caBundle.path", /is relative/],
  ["a bundle out of the jail", { hostFiles: bundle("/a/../../b") }, "hostFiles.caBundle.path", /"\.\."/],
  ["a bundle that is moved away", { hostFiles: bundle("/.pulumi-chroot/b") }, "hostFiles.caBundle.path", /moved away/],
  ["a connection without a host", { connection: { user: "root" } }, "connection.host", /./],
  ["a port that is none", { connection: { host: "h", port: 70_000 } }, "connection.port", /./],
  // The engine prints the value of a property that it is told of: of the connection as a whole that would be the key.
  [
    "a connection with a word that is not known",
    { connection: { host: "h", pasword: "x", privateKey: "KEY" } },
    "connection.pasword",
    /not known/,
  ],
  ["a connection that is none", { connection: "KEY" }, "", /^connection: /],
  ["an argument that is not known", { privateKey: "KEY" }, "", /^privateKey is not known/],
  ["what deletion does not know", { onDelete: "burn" }, "onDelete", /^must be "keep" or "removeCreated"$/],
  ["a number for a text", { user: 7 }, "user", /^must be a string, not a number$/],
  ["a list for a map", { directories: ["etc"] }, "directories", /^must be an object, not a list$/],
  ["a text for a switch", { adopt: "yes" }, "adopt", /^must be true or false, not a string$/],
  ["half a port", { connection: { host: "h", port: 1.5 } }, "connection.port", /must be a whole number$/],
  [
    "a text for a port",
    { connection: { host: "h", port: "22" } },
    "connection.port",
    /must be a number, not a string$/,
  ],
  ["a port that is too high", { connection: { host: "h", port: 70_000 } }, "connection.port", /must be 65535 or less$/],
  ["no time to wait", { connection: { host: "h", perDialTimeout: -1 } }, "connection.perDialTimeout", /be 0 or more$/],
  ["an empty name of a user", { connection: { host: "h", user: "" } }, "connection.user", /is empty$/],
  [
    "a misspelt word in an object",
    { connection: { host: "h", hostkey: "k" } },
    "connection.hostkey",
    /^connection\.hostkey is not known: did you mean hostKey\?$/,
  ],
];

const ruleMistakes: readonly Mistake[] = [
  ["a mode of no type", { mode: "0640" }, "", /^mode is not known: did you mean fileMode or directoryMode\?$/],
  ["a glob that leaves the root", { match: "../etc/*" }, "match", /contains "\.\."/],
  ["an absolute glob", { match: "/etc/*" }, "match", /is absolute/],
  ["a glob that is none", { match: "a[" }, "match", /without "\]"/],
  ["an exception that leaves the root", { except: ["a", "../b"] }, "except.1", /contains "\.\."/],
  ["no reason", { reason: undefined }, "reason", /./],
  ["a blank reason", { reason: " \n" }, "reason", /is blank/],
  ["nothing to set", { owner: undefined }, "owner", /sets nothing/],
  ["an impossible mode", { fileMode: "u=z" }, "fileMode", /not a mode/],
  ["a mode with setgid", { directoryMode: "g+s" }, "directoryMode", /state them as special/],
  ["an owner that is none", { owner: "-rf" }, "owner", /not the name or number/],
  ["an order that is none", { order: 1.5 }, "order", /./],
  ["a special bit that is none", { special: ["setgid", "suid"] }, "special.1", /./],
  [
    "setuid of what a glob matches",
    { match: "bin/*", special: ["setuid"] },
    "special",
    /needs a literal path.*"bin\/\*"/,
  ],
  ["capabilities of what a glob matches", { match: "**", capabilities: "cap_kill=ep" }, "capabilities", /literal path/],
  ["a capability that is none", { capabilities: "cap_fly=ep" }, "capabilities", /"cap_fly" is not the name/],
  ["a text that is no set of capabilities", { capabilities: "net_raw" }, "capabilities", /cap_net_bind_service=ep/],
  ["capabilities that no file can have", { capabilities: "cap_kill=ep cap_chown=p" }, "capabilities", /./],
  ["capabilities that take effect without being permitted", { capabilities: "cap_kill=e" }, "capabilities", /./],
  ["an entry of an ACL that is the mode's", { acl: ["user:bob:r", "user::rwx"] }, "acl.1", /are the mode's/],
  ["a user twice in an ACL", { acl: ["user:bob:r", "u:bob:rw"] }, "acl", /bob/],
  ["a group twice in an ACL for what is made later", { acl: ["d:g:adm:r", "default:group:adm:r"] }, "acl", /adm/],
  ["a jail at the host's own root", { jail: { connection, root: "/" } }, "jail.root", /directory of the system/],
  ["a jail without a connection", { jail: { root: "/chroot/x" } }, "jail.connection", /./],
];

const fileMistakes: readonly Mistake[] = [
  ["a blank command", { onChange: [""] }, "", /^onChange\.0: is blank: name the program$/],
  ["a blank validator", { validate: [" ", "{file}"] }, "", /^validate\.0: is blank/],
  ["a name that is too long", { path: `etc/${"a".repeat(256)}` }, "path", /a name of more than 255 bytes/],
  [
    "a text that is no mode, however long",
    { mode: "x".repeat(5000) },
    "mode",
    /^"x{60}…" is not a mode: .{1,100}…?.{0,100}$/,
  ],
  ["two contents", { hostFile: "/etc/hosts" }, "", /^give one of .*, not content and hostFile$/],
  ["no content", { content: undefined }, "", /^give one of [^:]*symlinkTo, directory$/],
  ["a directory with a content", { directory: true, hostLink: "/etc/d" }, "", /not content and directory$/],
  [
    "a directory without a link",
    { content: undefined, directory: true },
    "directory",
    /needs a hostLink, and the file has none: declare a directory alone in the Jail's directories/,
  ],
  [
    "a mode of a directory",
    { content: undefined, directory: true, hostLink: "/etc/d", mode: "0644" },
    "mode",
    /is of a file/,
  ],
  ["a misspelt link", { hostlink: "/etc/f" }, "", /^hostlink is not known: did you mean hostLink\?$/],
  ["a link of the host's in the jail", { hostLink: "/chroot/named/etc/g" }, "hostLink", /is in the jail.*symlinkTo/],
  ["a misspelt mode", { mod: "0640" }, "", /^mod is not known: did you mean mode\?$/],
  ["an empty command", { onChange: [] }, "onChange", /is empty: give one at least$/],
  ["no time for a command", { timeLimit: 0 }, "timeLimit", /^must be 1 or more$/],
  ["a validator that is told no file", { validate: ["true"] }, "validate", /names no file/],
];

for (const [kind, right, mistakes, wrong] of [
  [jailKind, jail, jailMistakes, { root: "x", user: "" }],
  [permissionRuleKind, rule, ruleMistakes, { match: "/", reason: "" }],
  [jailFileKind, file, fileMistakes, { path: "/", reason: "" }],
] as const) {
  describe(`the check of a ${kind.name}`, () => {
    for (const [what, change, property, reason] of mistakes) {
      test(`refuses ${what} under ${JSON.stringify(property)}, before any connection`, async () => {
        const failures = await failuresOf(kind, { ...right, ...change });
        const [[name, why] = ["nothing", ""], ...more] = failures;
        // The engine prints a wrong value for a part of a property, so the reason names the part.
        const named = name === "" && [": ", " "].some((end) => why.startsWith(property + end)) ? property : name;
        assert.deepEqual([named, more], [property, []], JSON.stringify(failures));
        assert.ok(!named.includes(".") || name === "", JSON.stringify(failures));
        expect(why).toMatch(reason);
        expect(connections).toBe(0);
      });
    }

    test("names every mistake at once", async () => {
      const failures = await failuresOf(kind, { ...right, ...wrong });
      expect(failures.map(([property]) => property)).toStrictEqual(Object.keys(wrong));
    });

    test("refuses nothing that is not known yet, whatever it is", async () => {
      for (const [path, args] of unknownAt(right)) {
        assert.deepEqual(await failuresOf(kind, args), [], path);
        assert.equal(connections, 0, path);
      }
    });
  });
}

test("a mistake is refused also beside what is not known yet", async () => {
  const failures = await failuresOf(jailKind, { ...jail, root: unknown, baseline: { ...baseline, fileMode: "g+w" } });
  expect(failures.map(([property, why]) => property || why.split(": ")[0])).toStrictEqual(["baseline.fileMode"]);
  const rules = await failuresOf(permissionRuleKind, { ...rule, match: "../x", owner: unknown, except: [unknown] });
  expect(rules.map(([property]) => property)).toStrictEqual(["match"]);
});

test("a jail's accounts and files of the host may be Outputs: of what is not known yet, and of nothing", async () => {
  const accounts = { users: { www: "why", a: { reason: "why", home: "/a", group: "g" } }, groups: { www: "why" } };
  const all = { ...jail, accounts, hostFiles: { hosts: "why", ...bundle("/etc/ca.pem") } };
  for (const [path, args] of unknownAt(all)) assert.deepEqual(await failuresOf(jailKind, args), [], path);
  const nothing = { ...all, root: unknown, accounts: { users: null, groups: null }, hostFiles: { hosts: null } };
  expect(await failuresOf(jailKind, nothing)).toStrictEqual([]);
});

test("a rule with every field is refused nothing, whichever of them is not known yet", async () => {
  const acl = ["user:bob:rX", "group:bob:r", "default:user:bob:rX"];
  const all = {
    ...rule,
    special: ["setgid"],
    acl,
    capabilities: "cap_kill=ep",
    runtime: true,
    fileMode: "g+w",
    order: 5,
  };
  for (const [path, args] of unknownAt(all)) assert.deepEqual(await failuresOf(permissionRuleKind, args), [], path);
});

test("a rule with setgid for what a glob matches is one for its directories", async () => {
  const args = { ...rule, match: "share/**", special: ["setgid", "sticky"] };
  const other = { ...args, special: [], acl: [] };
  for (const one of [args, other]) {
    const failures = await failuresOf(permissionRuleKind, {
      ...one,
      jail: { ...(rule["jail"] as Args), root: unknown },
    });
    expect(failures).toStrictEqual([]);
  }
});

test("a rule whose one field is not known yet sets something", async () => {
  expect(await failuresOf(permissionRuleKind, { ...rule, owner: undefined, fileMode: unknown })).toStrictEqual([]);
});

const later = pulumi.output("x");
const texts: readonly (readonly [string, ResourceKind, Args, RegExp])[] = [
  [
    "a template string",
    jailKind,
    { ...jail, root: `/srv/${later}` },
    /^root: has an Output in it as text: .*interpolate/,
  ],
  ["part of a list", permissionRuleKind, { ...rule, except: ["a", `${later}/b`] }, /^except\.1: has an Output/],
  ["a key of a map", jailKind, { ...jail, directories: { [`a/${later}`]: "why" } }, /^directories: has an Output/],
  ["JSON", jailFileKind, { ...file, content: JSON.stringify({ a: later }) }, /^content: has an Output/],
];
for (const [what, kind, args, reason] of texts)
  test(`an Output that is ${what} is told as that alone`, async () => {
    const [[property, why = ""] = [], ...more] = await failuresOf(kind, args);
    expect([property, more]).toStrictEqual(["", []]);
    expect(why).toMatch(reason);
  });

test("ignoreChanges of drift that a transformation adds is refused", async () => {
  const urn = "urn:pulumi:dev::proj::pulumi-nodejs:dynamic/chroot:Jail::x";
  const given = { ...jail, turn: { urn, preview: true }, drift: {} };
  const { failures } = await new Verbs(jailKind, newEngine()).check({ drift: {} }, given);
  expect(failures?.[0]?.reason ?? "").toMatch(/ignoreChanges must not name drift/);
});

test("an up that no preview has come before changes nothing where the program has a mistake elsewhere", async () => {
  const urn = "urn:pulumi:dev::proj::pulumi-nodejs:dynamic/chroot:Jail::x";
  const mistakes = ["PermissionRule::r: fileMode: is wrong"];
  const checked = async (preview: boolean) =>
    (await new Verbs(jailKind, newEngine()).check({}, { ...jail, turn: { urn, preview, mistakes } })).failures ?? [];
  const [{ reason = "" } = {}] = await checked(false);
  expect(reason).toMatch(/^nothing is changed, .*: PermissionRule::r: fileMode: is wrong$/);
  expect(await checked(true)).toStrictEqual([]);
});

/** The arguments, with each value in turn one that is not known yet. */
function* unknownAt(args: Args, path = ""): Generator<[string, Args]> {
  for (const [key, value] of Object.entries(args)) {
    yield [`${path}${key}`, { ...args, [key]: unknown }];
    if (typeof value !== "object" || value === null) continue;
    for (const [below, changed] of unknownAt(value as Args, `${path}${key}.`))
      yield [below, { ...args, [key]: Array.isArray(value) ? Object.values(changed) : changed }];
  }
}

test("a jail's user that the host has the number 0 for is refused by the host, unless a reason is stated", () => {
  const ids = new Map([
    ["toor", 0],
    ["named", 1053],
  ]);
  const principals = { uids: ids, gids: ids, primary: ids, users: new Map(), groups: new Map() };
  const problems = (args: Args) =>
    jailKind.problems?.({ kind: "Jail", owner: { label: "Jail::x" }, args: { ...jail, ...args } }, principals);
  expect(problems({})).toStrictEqual([]);
  expect(problems({ user: "toor" })).toStrictEqual([{ problem: "jail-user-root", user: "toor" }]);
  expect(problems({ user: "toor", allowRoot: "it mounts what the jail shows" })).toStrictEqual([]);
});

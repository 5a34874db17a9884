import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import test, { after, before, describe } from "node:test";
import { Handlers } from "../../provider/handlers/handlers";
import { jailKind } from "../../provider/resources/jail/kind";
import type { ResourceKind } from "../../provider/resources/kind";
import { permissionRuleKind } from "../../provider/resources/permission-rule/kind";

type Args = Record<string, unknown>;
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const baseline = { owner: "root", group: "named", fileMode: "u=rw,og=r", directoryMode: "0755" };
const connection: Args = { host: "127.0.0.1", hostKey: "ssh-ed25519 AAAA" };
const jail: Args = { connection, root: "/chroot/named", user: "named", group: "named", baseline };
const rule: Args = { jail: { connection, root: "/chroot/named" }, match: "var", owner: "root", reason: "why" };

let server: Server;
let connections = 0;
before(async () => {
  server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  connection["port"] = (server.address() as { port: number }).port;
});
after(() => server.close());

async function failuresOf(kind: ResourceKind, args: Args): Promise<[string, string][]> {
  const urn = `urn:pulumi:dev::proj::pulumi-nodejs:dynamic/chroot:${kind.name}::x`;
  const site = kind === jailKind ? { connection: args["connection"], root: args["root"] } : args["jail"];
  const turn = { urn, preview: true, survey: [site] };
  const { failures = [] } = await new Handlers(kind).check({}, { ...args, turn, drift: unknown });
  return failures.map(({ property, reason }) => [property, reason]);
}

/** What is wrong, where the failure has to be, and what it has to say. */
type Mistake = readonly [what: string, change: Args, property: string, reason: RegExp];

const jailMistakes: readonly Mistake[] = [
  ["a relative root", { root: "chroot/named" }, "root", /absolute path/],
  ["the host's own root", { root: "/" }, "root", /directory of the system/],
  ["a system directory", { root: "/etc" }, "root", /directory of the system/],
  ["what is below a system directory", { root: "/usr/lib/jail" }, "root", /directory of the system/],
  ["a root with ..", { root: "/chroot/../etc" }, "root", /"\.\."/],
  ["a root with NUL", { root: "/chroot/a\0" }, "root", /NUL/],
  ["a root with a newline", { root: "/chroot/a\nb" }, "root", /newline/],
  ["an impossible baseline mode", { baseline: { ...baseline, fileMode: "0999" } }, "baseline.fileMode", /not a mode/],
  ["a relative baseline mode", { baseline: { ...baseline, fileMode: "g+w" } }, "baseline.fileMode", /is relative/],
  ["one that X makes relative", { baseline: { ...baseline, fileMode: "a=rX" } }, "baseline.fileMode", /is relative/],
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
  ["a glob that leaves the root", { exclude: { "../x": "why" } }, "exclude.../x", /leaves the jail's root/],
  ["an escaped glob that leaves the root", { exclude: { "\\.\\./x": "why" } }, "exclude.\\.\\./x", /\.\./],
  ["an absolute directory", { directories: { "/etc": "why" } }, "directories./etc", /is absolute/],
  ["a writable directory outside", { writable: { "a/../..": "why" } }, "writable.a/../..", /leaves the jail's root/],
  ["a directory without a reason", { directories: { etc: "" } }, "directories.etc", /is blank/],
  ["a writable directory with a blank reason", { writable: { run: " \t" } }, "writable.run", /is blank/],
  ["an exclusion without a reason", { exclude: { "a/**": null } }, "exclude.a/**", /./],
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
  ["what deletion does not know", { onDelete: "burn" }, "onDelete", /./],
];

const ruleMistakes: readonly Mistake[] = [
  ["a glob that leaves the root", { match: "../etc/*" }, "match", /leaves the jail's root/],
  ["an absolute glob", { match: "/etc/*" }, "match", /is absolute/],
  ["a glob that is none", { match: "a[" }, "match", /without "\]"/],
  ["an exception that leaves the root", { except: ["a", "../b"] }, "except.1", /leaves the jail's root/],
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

for (const [kind, right, mistakes] of [
  [jailKind, jail, jailMistakes],
  [permissionRuleKind, rule, ruleMistakes],
] as const) {
  describe(`the check of a ${kind.name}`, () => {
    for (const [what, change, property, reason] of mistakes) {
      test(`refuses ${what} under ${JSON.stringify(property)}, before any connection`, async () => {
        const failures = await failuresOf(kind, { ...right, ...change });
        const [[name, why] = ["nothing", ""], ...more] = failures;
        // The engine prints a wrong value for what is part of a property: that is named in the reason.
        const named = name === "" && [": ", " "].some((end) => why.startsWith(property + end)) ? property : name;
        assert.deepEqual([named, more], [property, []], JSON.stringify(failures));
        assert.ok(!named.includes(".") || name === "", JSON.stringify(failures));
        assert.match(why, reason);
        assert.equal(connections, 0);
      });
    }

    test("names every mistake at once", async () => {
      const wrong = kind === jailKind ? { root: "x", user: "" } : { match: "/", reason: "" };
      const failures = await failuresOf(kind, { ...right, ...wrong });
      assert.deepEqual(
        failures.map(([property]) => property),
        Object.keys(wrong),
      );
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
  assert.deepEqual(
    failures.map(([property, why]) => property || why.split(": ")[0]),
    ["baseline.fileMode"],
  );
  const rules = await failuresOf(permissionRuleKind, { ...rule, match: "../x", owner: unknown, except: [unknown] });
  assert.deepEqual(
    rules.map(([property]) => property),
    ["match"],
  );
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
    assert.deepEqual(failures, []);
  }
});

test("a rule whose one field is not known yet sets something", async () => {
  assert.deepEqual(await failuresOf(permissionRuleKind, { ...rule, owner: undefined, fileMode: unknown }), []);
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

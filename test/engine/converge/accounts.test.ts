import { describe, expect, test } from "@jest/globals";
import { loginsOf } from "../../../provider/agent/requests/files";
import { registryHome } from "../../../provider/agent/site";
import { lineDiff } from "../../../provider/engine/assess/line-diff";
import type { Bytes } from "../../../provider/model/bytes";
import { differenceText } from "../../../provider/render/text/difference-text";
import { withAgent } from "../../support/connections";
import { type Driven, drive, errorsOf, type JailPart } from "../../support/driven";
import { directory, file, type Given, link } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";

const reason = "the daemon asks for it";
const root = "/srv/jail";

/** The differences as text, by path, with the lines of a file that differ. */
async function differences(driven: Driven, host: MemoryHost): Promise<Record<string, string[]>> {
  const site = host.site(root);
  const assessment = await driven.assess();
  const told: Record<string, string[]> = {};
  for (const one of assessment.plan.differences) {
    const { live, declared, marks } = differenceText(one, assessment.observation);
    const lines = await lineDiff(one, assessment, undefined, (ask) => withAgent(site, ask));
    told[one.path] = [`${live} => ${declared}${marks}`.replace(/sha256:\w+/g, "sha256"), ...lines];
  }
  return told;
}

describe("accounts on a host", () => {
  let host: MemoryHost;
  useMemoryHost({ accounts: { ...account, bob: { uid: 1050, gid: 1033 }, toor: { uid: 0, gid: 0 } } }, (made) => {
    host = made;
  });
  const accounts: JailPart["accounts"] = {
    users: { www: reason, bob: { reason, home: "/var/lib/bob" }, nobody: { reason, group: "www" } },
    groups: { www: reason },
  };
  const jail = (more: JailPart = { accounts }) => drive(host.site(root), more);
  const fresh = (given: Given = {}) => {
    host.files.remove(root, registryHome);
    host.files.make(root, { ".": directory(), ...given });
  };
  const passwd = `${root}/etc/passwd`;
  const stubs = () =>
    ["passwd", "group"]
      .map((name) => `${host.files.told(`${root}/etc/${name}`)}\n${host.files.read(`${root}/etc/${name}`)}`)
      .join("");
  const etc = () => [...host.walk(`${root}/etc`)];
  const declared = (www: number) =>
    [
      "root:root 644",
      "bob:x:1050:1033::/var/lib/bob:/usr/sbin/nologin",
      "nobody:x:65534:1033::/:/usr/sbin/nologin",
      `www:x:${www}:1033::/:/usr/sbin/nologin`,
      "root:root 644",
      "www:x:1033:",
      "",
    ].join("\n");

  test("come as stub lines with the host's numbers, and are left alone then", async () => {
    fresh();
    expect(await jail().up()).toSucceed();
    expect(stubs()).toBe(declared(1033));
    expect(host.files.below(root)).toStrictEqual(["etc", "etc/group", "etc/passwd"]);
    const inodes = etc();
    expect(await differences(jail(), host)).toStrictEqual({});
    expect(await jail().up()).toSucceed();
    expect(etc()).toStrictEqual(inodes);
  });

  test("that the host renumbers, and whatever else is in the jail's files, are drift", async () => {
    host.files.change("/etc/passwd", (text) => text.replace(":1033:1033:", ":1034:1033:"));
    expect(await differences(jail(), host)).toStrictEqual({
      "etc/passwd": [
        "root:root 0644 sha256 => root:root 0644 sha256",
        "@@ -1,3 +1,3 @@",
        " bob:x:1050:1033::/var/lib/bob:/usr/sbin/nologin",
        " nobody:x:65534:1033::/:/usr/sbin/nologin",
        "-www:x:1033:1033::/:/usr/sbin/nologin",
        "+www:x:1034:1033::/:/usr/sbin/nologin",
      ],
    });
    expect(await jail().up()).toSucceed();
    expect(stubs()).toBe(declared(1034));
    host.files.change(passwd, (text) => `${text}me::0:0::/:/bin/sh\n`);
    host.files.chmod(0o666, `${root}/etc/group`);
    host.files.chown("www:root", `${root}/etc/group`);
    expect(await differences(jail(), host)).toStrictEqual({
      "etc/group": ["www:root 0666 => root:root 0644"],
      "etc/passwd": [
        "root:root 0644 145 bytes => root:root 0644 sha256 126 bytes",
        "@@ -2,3 +2,2 @@",
        " nobody:x:65534:1033::/:/usr/sbin/nologin",
        " www:x:1034:1033::/:/usr/sbin/nologin",
        "-me::0:0::/:/bin/sh",
      ],
    });
    expect(await jail().up()).toSucceed();
    expect(stubs()).toBe(declared(1034));
    host.files.change("/etc/passwd", (text) => text.replace(":1034:1033:", ":1033:1033:"));
  });

  test("that the host does not know, or of a number that is none for a jail, are refused, and nothing is touched", async () => {
    fresh();
    const refused = async (users: NonNullable<JailPart["accounts"]>["users"], why: RegExp) => {
      expect(errorsOf(await jail({ accounts: { users } }).up()).join()).toMatch(why);
      expect(host.files.names(root)).toStrictEqual([]);
    };
    await refused({ who: reason, www: reason }, /the host has no user "who": create it there/);
    await refused({ www: { reason, group: "whose" } }, /the host has no group "whose"/);
    await refused({ toor: reason }, /the user toor of accounts has the number 0: .* give a reason in allowRoot/);
    const allowRoot = "it looks up who owns its files";
    const both = { toor: { reason, allowRoot }, root: { reason, allowRoot } };
    await refused(
      both,
      /the users root and toor of accounts both have the number 0 on the host: leave one of them out/,
    );
    expect(await jail({ accounts: { users: { toor: { reason, allowRoot } } } }).up()).toSucceed();
    expect(host.files.read(passwd)).toBe("toor:x:0:0::/:/usr/sbin/nologin\n");
  });

  test("that log in to a jail go on to, as declared, or are refused until somebody says how", async () => {
    const logins = [
      "www:x:1033:1033:Web:/var/www:/usr/sbin/nologin",
      "bob:x:1050:1033:Bob,,,:/home/bob:/bin/sh",
      "bob:x:1050:1033:::/bin/ash",
      "nobody:x:65534:1033:n:/:",
    ];
    fresh({ etc: directory(), "etc/passwd": file(logins.map((line) => `${line}\n`).join("")), "etc/.keep": file("") });
    const before = etc();
    const users = { www: reason, bob: reason, nobody: { reason, group: "www" } };
    const open = jail({ accounts: { users } });
    const why = [
      /the user bob logs in with the shell \/bin\/sh and the home \/home\/bob by the jail's etc\/passwd, .*: declare shell and home, or shell: "\/usr\/sbin\/nologin" to end it/,
      /the user nobody logs in with the shell \/bin\/sh by the jail's etc\/passwd, .*: declare shell, or/,
    ];
    const said = (await open.report()).host ?? "";
    for (const one of why) expect(said).toMatch(one);
    expect(said).not.toMatch(/user www/);
    for (const one of why) expect(errorsOf(await open.up()).join()).toMatch(one);
    expect(etc()).toStrictEqual(before);

    const bob = { reason, shell: "/bin/sh", home: "/home/bob", comment: "Bob,,," };
    const closed = { reason, group: "www", shell: "/bin/false" };
    const stated = { accounts: { users: { ...users, bob, nobody: closed } } };
    expect((await differences(jail(stated), host))["etc/passwd"]?.slice(1)).toStrictEqual([
      "@@ -1,4 +1,3 @@",
      "-www:x:1033:1033:Web:/var/www:/usr/sbin/nologin",
      " bob:x:1050:1033:Bob,,,:/home/bob:/bin/sh",
      "-bob:x:1050:1033:::/bin/ash",
      "-nobody:x:65534:1033:n:/:",
      "+nobody:x:65534:1033::/:/bin/false",
      "+www:x:1033:1033::/:/usr/sbin/nologin",
    ]);
    expect(await jail(stated).up()).toSucceed();
    expect(await differences(jail(stated), host)).toStrictEqual({});
    // From now on another field is drift, and a field that is no longer stated gets its default.
    host.files.change(passwd, (text) => text.replaceAll(":/usr/sbin/nologin", ":/bin/sh").replace("Bob,,,", "Bob"));
    expect((await differences(jail(stated), host))["etc/passwd"]?.slice(2)).toStrictEqual([
      "-bob:x:1050:1033:Bob:/home/bob:/bin/sh",
      "+bob:x:1050:1033:Bob,,,:/home/bob:/bin/sh",
      " nobody:x:65534:1033::/:/bin/false",
      "-www:x:1033:1033::/:/bin/sh",
      "+www:x:1033:1033::/:/usr/sbin/nologin",
    ]);
    expect(await jail({ accounts: { users } }).up()).toSucceed();
    expect(host.files.read(passwd)).toMatch(/^bob:x:1050:1033::\/:\/usr\/sbin\/nologin\n/);
  });

  test("of a passwd that root alone may read are taken over, and no hash leaves the host", async () => {
    fresh({ etc: directory(), "etc/passwd": file("bob:$6$hash:1050:1033::/home/bob:/bin/sh\n", 0o600) });
    const bare = jail({ accounts: { users: { bob: reason } } });
    expect(errorsOf(await bare.up()).join()).toMatch(/the user bob logs in with the shell \/bin\/sh/);
    host.files.change(passwd, (text) => text.replace("/home/bob:/bin/sh", "/:/usr/sbin/nologin"));
    const site = host.site(root);
    const text = await withAgent(site, (agent) => loginsOf(agent, "etc/passwd" as Bytes));
    expect(text).toBe("bob:x:1050:1033::/:/usr/sbin/nologin\n");
    expect(await jail({ accounts: { users: { bob: reason } } }).up()).toSucceed();
  });

  test("whose passwd cannot be read are refused until somebody says how they log in", async () => {
    fresh({ etc: directory(), "etc/passwd": file("\0".repeat(70_000)) });
    const why = /the jail's etc\/passwd cannot be read, so the login of the user bob is unknown: declare home/;
    const bob = { reason, shell: "/bin/sh" };
    expect(errorsOf(await jail({ accounts: { users: { bob, www: { ...bob, home: "/" } } } }).up()).join()).toMatch(why);
    expect(await jail({ accounts: { users: { bob: { ...bob, home: "/" } } } }).up()).toSucceed();
  });

  test("and a JailFile at the same place are refused by both names", async () => {
    fresh();
    const both = drive(host.site(root), { accounts }, {}, { own: { path: "etc/passwd", content: "x" } });
    const errors = errorsOf(await both.up()).join("\n");
    expect(errors).toMatch(/Jail::jail .*JailFile::own puts etc\/passwd there too/);
    expect(errors).toMatch(/JailFile::own .*Jail::jail puts etc\/passwd there too/);
    expect(host.files.names(root)).toStrictEqual([]);
  });
});

describe("files of a host", () => {
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
    host.files.make("/etc", {
      "ssl/certs": directory(),
      "/opt/tz": directory(),
      "/opt/tz/UTC": file("utc\n"),
      "/opt/tz/CET": file("cet\n"),
      localtime: link("/opt/tz/UTC"),
    });
    for (const name of [
      "resolv.conf",
      "services",
      "protocols",
      "hosts",
      "nsswitch.conf",
      "ssl/certs/ca-certificates.crt",
    ])
      host.files.write(`/etc/${name}`, `${name}\n`);
  });
  const fresh = () => {
    host.files.remove(root, registryHome);
    host.files.make(root, { ".": directory() });
  };
  const hostFiles: JailPart["hostFiles"] = {
    nsswitch: reason,
    resolvConf: reason,
    hosts: reason,
    localtime: reason,
    caBundle: reason,
    services: reason,
    protocols: reason,
  };
  const jail = (files = hostFiles) => drive(host.site(root), { hostFiles: files });

  test("come as they are there, root's and for all to read, and are kept fresh", async () => {
    fresh();
    expect(await jail().up()).toSucceed();
    const made = [...host.walk(root)].filter(([, { type }]) => type === "file").map(([path]) => path);
    expect(made.sort().map((path) => `${path} ${host.files.told(`${root}/${path}`)}`)).toStrictEqual([
      "etc/hosts root:root 644",
      "etc/localtime root:root 644",
      "etc/nsswitch.conf root:root 644",
      "etc/protocols root:root 644",
      "etc/resolv.conf root:root 644",
      "etc/services root:root 644",
      "etc/ssl/certs/ca-certificates.crt root:root 644",
    ]);
    expect(host.files.read(`${root}/etc/localtime`)).toBe("utc\n");
    expect(await differences(jail(), host)).toStrictEqual({});
    host.files.remove("/etc/localtime");
    host.files.make("/etc", { localtime: link("/opt/tz/CET"), [`${root}/etc/hosts`]: file("own\n") });
    const found = await differences(jail(), host);
    expect(Object.keys(found)).toStrictEqual(["etc/hosts", "etc/localtime"]);
    expect(found["etc/localtime"]).toStrictEqual([
      "root:root 0644 stale sha256 => root:root 0644 sha256 as the host's /etc/localtime",
      "@@ -1,1 +1,1 @@",
      "-utc",
      "+cet",
    ]);
    expect(await jail().up()).toSucceed();
    expect(["localtime", "hosts"].map((name) => host.files.read(`${root}/etc/${name}`))).toStrictEqual([
      "cet\n",
      "hosts\n",
    ]);
    expect(await differences(jail(), host)).toStrictEqual({});
  });

  test("stay root's where the daemon may write", async () => {
    fresh();
    const open = () => drive(host.site(root), { writable: { etc: reason }, hostFiles: { hosts: reason } });
    expect(await open().up()).toSucceed();
    host.files.chown("www:root", `${root}/etc/hosts`);
    host.files.chmod(0o600, `${root}/etc/hosts`);
    host.files.write(`${root}/etc/own`, "own\n");
    expect(await differences(open(), host)).toStrictEqual({
      "etc/hosts": ["www:root 0600 => root:root 0644, LOOSER"],
    });
    expect(await open().up()).toSucceed();
    expect([host.files.told(`${root}/etc/hosts`), host.files.names(`${root}/etc`)]).toStrictEqual([
      "root:root 644",
      ["hosts", "own"],
    ]);
  });

  test("that the host does not have are refused by name; a bundle may be elsewhere", async () => {
    fresh();
    host.files.remove("/etc/ssl/certs/ca-certificates.crt");
    host.files.write("/opt/bundle.pem", "ca\n");
    expect(errorsOf(await jail().up()).join()).toMatch(
      /the host has no file \/etc\/ssl\/certs\/ca-certificates.crt that could be read: correct its name, or install it there/,
    );
    expect(host.files.names(root)).toStrictEqual([]);
    expect(await jail({ caBundle: { path: "/opt/bundle.pem", reason } }).up()).toSucceed();
    expect(host.files.read(`${root}/opt/bundle.pem`)).toBe("ca\n");
  });
});

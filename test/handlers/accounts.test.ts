import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { withAgent } from "../../provider/agent/observe";
import { textDifference } from "../../provider/handlers/texts";
import { differenceText } from "../../provider/render/text";
import { type Driven, drive, errorsOf, type JailPart } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

const reason = "the daemon asks for it";
const root = "/srv/jail";

/** What differs, path by path, in words; with the lines of a text that do. */
async function differences(driven: Driven, host: LabHost): Promise<Record<string, string[]>> {
  const site = siteOn(host, root);
  const view = await driven.view();
  const told: Record<string, string[]> = {};
  for (const one of view.plan.differences) {
    const { live, declared, marks } = differenceText(one, view.observation);
    const lines = await textDifference(one, view, site, undefined, (ask) => withAgent(site, ask));
    told[one.path] = [`${live} => ${declared}${marks}`.replace(/sha256:\w+/g, "sha256"), ...lines];
  }
  return told;
}

for (const flavour of ["gnu", "busybox"] as const)
  describe(`accounts on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: { ...account, bob: { uid: 1050, gid: 1033 }, toor: { uid: 0, gid: 0 } } }, (made) => {
      host = made;
    });
    const accounts: JailPart["accounts"] = {
      users: { www: reason, bob: { reason, home: "/var/lib/bob" }, nobody: { reason, group: "www" } },
      groups: { www: reason },
    };
    const jail = (more: JailPart = { accounts }) => drive(siteOn(host, root), more);
    const stubs = () => host.must(`cd ${root}/etc; stat -c '%n %u:%g %a' passwd group; cat passwd group`);
    const declared = (www: number) =>
      [
        "passwd 0:0 644",
        "group 0:0 644",
        "bob:x:1050:1033::/var/lib/bob:/usr/sbin/nologin",
        "nobody:x:65534:1033::/:/usr/sbin/nologin",
        `www:x:${www}:1033::/:/usr/sbin/nologin`,
        "www:x:1033:",
        "",
      ].join("\n");

    test("come as stub lines with the host's numbers, and are left alone then", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      assert.deepEqual(errorsOf(await jail().up()), []);
      assert.equal(await stubs(), declared(1033));
      assert.equal(await host.must(`ls -A ${root} ${root}/etc`), `${root}:\netc\n\n${root}/etc:\ngroup\npasswd\n`);
      const inodes = await host.must(`cd ${root}; stat -c '%i %Z' etc etc/*`);
      assert.deepEqual(await differences(jail(), host), {});
      assert.deepEqual(errorsOf(await jail().up()), []);
      assert.equal(await host.must(`cd ${root}; stat -c '%i %Z' etc etc/*`), inodes);
    });

    test("that the host renumbers, and whatever else is in the jail's files, are drift", async () => {
      await host.must("sed 's/:1033:1033:/:1034:1033:/' /etc/passwd >/etc/new; cat /etc/new >/etc/passwd");
      assert.deepEqual(await differences(jail(), host), {
        "etc/passwd": [
          "root:root 0644 sha256 => root:root 0644 sha256",
          "@@ -1,3 +1,3 @@",
          " bob:x:1050:1033::/var/lib/bob:/usr/sbin/nologin",
          " nobody:x:65534:1033::/:/usr/sbin/nologin",
          "-www:x:1033:1033::/:/usr/sbin/nologin",
          "+www:x:1034:1033::/:/usr/sbin/nologin",
        ],
      });
      assert.deepEqual(errorsOf(await jail().up()), []);
      assert.equal(await stubs(), declared(1034));
      await host.must(`cd ${root}/etc; echo 'me::0:0::/:/bin/sh' >>passwd; chmod 0666 group; chown www group`);
      assert.deepEqual(await differences(jail(), host), {
        "etc/group": ["www:root 0666 => root:root 0644"],
        "etc/passwd": [
          "root:root 0644 145 bytes => root:root 0644 sha256 126 bytes",
          "@@ -2,3 +2,2 @@",
          " nobody:x:65534:1033::/:/usr/sbin/nologin",
          " www:x:1034:1033::/:/usr/sbin/nologin",
          "-me::0:0::/:/bin/sh",
        ],
      });
      assert.deepEqual(errorsOf(await jail().up()), []);
      assert.equal(await stubs(), declared(1034));
      await host.must("sed 's/:1034:1033:/:1033:1033:/' /etc/passwd >/etc/new; cat /etc/new >/etc/passwd");
    });

    test("that the host does not know, or of a number that is none for a jail, are refused, and nothing is touched", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      const refused = async (users: NonNullable<JailPart["accounts"]>["users"], why: RegExp) => {
        assert.match(errorsOf(await jail({ accounts: { users } }).up()).join(), why);
        assert.equal(await host.must(`ls -A ${root}`), "");
      };
      await refused({ who: reason, www: reason }, /the host has no user "who": create it there/);
      await refused({ www: { reason, group: "whose" } }, /the host has no group "whose"/);
      await refused({ toor: reason }, /the user toor of accounts has the number 0: .* say why in allowRoot/);
      const allowRoot = "it looks up who owns its files";
      const both = { toor: { reason, allowRoot }, root: { reason, allowRoot } };
      await refused(
        both,
        /the users root and toor of accounts both have the number 0 on the host: leave one of them out/,
      );
      assert.deepEqual(errorsOf(await jail({ accounts: { users: { toor: { reason, allowRoot } } } }).up()), []);
      assert.equal(await host.must(`cat ${root}/etc/passwd`), "toor:x:0:0::/:/usr/sbin/nologin\n");
    });

    test("and a JailFile at the same place are refused by both names", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      const both = drive(siteOn(host, root), { accounts }, {}, { own: { path: "etc/passwd", content: "x" } });
      const errors = errorsOf(await both.up()).join("\n");
      assert.match(errors, /Jail::jail .*JailFile::own puts etc\/passwd there too/);
      assert.match(errors, /JailFile::own .*Jail::jail puts etc\/passwd there too/);
      assert.equal(await host.must(`ls -A ${root}`), "");
    });

    test("are those that count for the host, whatever else is in its files", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      const long = "head -c 10000000 /dev/zero | tr '\\0' ";
      const hostile = [
        "cp -p /etc/passwd /etc/group /root",
        "{ echo root:x:0:0:::; echo '+www:x:7:7:::'; echo '-www:x:8:8:::'; echo '+::::::'; echo '+'; echo; echo :x:0:0:::; echo www",
        "printf 'www:x:9\\n#www:x:10:10\\nwww:x:1e1:10\\nwww:x:-1:1\\nwww:x:4294967295:1\\nwww:x:99999999999:1\\nwww:x:11:\\n'",
        "printf '\\351\\377:x:14:14:::\\n'",
        // BusyBox's cut takes what is behind a NUL for the name.
        flavour === "gnu" ? "printf 'w\\0www:x:12:12:::\\nww\\0w:x:13:13:::\\n'" : "",
        `${long} a; echo; ${long} :; echo; ${long} w; echo :x:15:15:::`,
        "printf 'www:x:1033:1033:long:'",
        `${long} g; printf ':/bin/sh\\r\\nwww:x:16:16:::\\nsame:x:1033:17:::\\nbob:x:1050:1033:::\\n'; } >/etc/passwd`,
        `{ printf 'root:x:0:\\n+\\n+www:x:7:\\nwww:x\\nwww:x:8\\r\\n'; ${long} b; printf '\\nwww:x:1033:'; ${long} m; printf '\\r\\nwww:x:16:\\n'; } >/etc/group`,
      ];
      await host.must(hostile.join("\n"));
      try {
        const { observation } = await jail().view();
        assert.equal(observation.principals.uids.get("www"), 1033);
        assert.equal(observation.principals.gids.get("www"), 1033);
        assert.equal(observation.principals.users.get(1033), "www");
        assert.deepEqual(
          [...observation.principals.uids.keys()].filter((name) => name.length > 4),
          [],
        );
        const errors = errorsOf(await jail({ accounts: { users: { www: reason, bob: reason } } }).up());
        assert.deepEqual(errors, []);
        assert.equal(
          await host.must(`cat ${root}/etc/passwd`),
          "bob:x:1050:1033::/:/usr/sbin/nologin\nwww:x:1033:1033::/:/usr/sbin/nologin\n",
        );
      } finally {
        await host.must("cat /root/passwd >/etc/passwd; cat /root/group >/etc/group");
      }
    });
  });

for (const flavour of ["gnu", "busybox"] as const)
  describe(`files of a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must(
        `mkdir -p /etc/ssl/certs /opt/tz; echo utc >/opt/tz/UTC; ln -sf /opt/tz/UTC /etc/localtime
        for name in resolv.conf services protocols ssl/certs/ca-certificates.crt; do echo "$name" >"/etc/$name"; done`,
      );
    });
    const hostFiles: JailPart["hostFiles"] = {
      nsswitch: reason,
      resolvConf: reason,
      hosts: reason,
      localtime: reason,
      caBundle: reason,
      services: reason,
      protocols: reason,
    };
    const jail = (files = hostFiles) => drive(siteOn(host, root), { hostFiles: files });

    test("come as they are there, root's and for all to read, and are kept fresh", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      assert.deepEqual(errorsOf(await jail().up()), []);
      assert.equal(
        await host.must(`cd ${root}; find . -type f -exec stat -c '%n %u:%g %a' {} + | sort; cat etc/localtime`),
        [
          "./etc/hosts 0:0 644",
          "./etc/localtime 0:0 644",
          "./etc/nsswitch.conf 0:0 644",
          "./etc/protocols 0:0 644",
          "./etc/resolv.conf 0:0 644",
          "./etc/services 0:0 644",
          "./etc/ssl/certs/ca-certificates.crt 0:0 644",
          "utc",
          "",
        ].join("\n"),
      );
      assert.deepEqual(await differences(jail(), host), {});
      await host.must(`echo cet >/opt/tz/CET; ln -sf /opt/tz/CET /etc/localtime; echo own >${root}/etc/hosts`);
      const found = await differences(jail(), host);
      assert.deepEqual(Object.keys(found), ["etc/hosts", "etc/localtime"]);
      assert.deepEqual(found["etc/localtime"], [
        "root:root 0644 stale sha256 => root:root 0644 sha256 as the host's /etc/localtime",
        "@@ -1,1 +1,1 @@",
        "-utc",
        "+cet",
      ]);
      assert.deepEqual(errorsOf(await jail().up()), []);
      assert.equal(await host.must(`cat ${root}/etc/localtime; cmp ${root}/etc/hosts /etc/hosts`), "cet\n");
      assert.deepEqual(await differences(jail(), host), {});
    });

    test("stay root's where the daemon may write", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      const open = () => drive(siteOn(host, root), { writable: { etc: reason }, hostFiles: { hosts: reason } });
      assert.deepEqual(errorsOf(await open().up()), []);
      await host.must(`cd ${root}/etc; chown www hosts; chmod 0600 hosts; echo own >own`);
      assert.deepEqual(await differences(open(), host), { "etc/hosts": ["www:root 0600 => root:root 0644, LOOSER"] });
      assert.deepEqual(errorsOf(await open().up()), []);
      assert.equal(await host.must(`cd ${root}/etc; stat -c '%U %a' hosts; ls`), "root 644\nhosts\nown\n");
    });

    test("that the host does not have are refused by name; a bundle may be elsewhere", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}; rm /etc/ssl/certs/ca-certificates.crt; echo ca >/opt/bundle.pem`);
      assert.match(
        errorsOf(await jail().up()).join(),
        /the host has no file \/etc\/ssl\/certs\/ca-certificates.crt that could be read: correct its name, or install it there/,
      );
      assert.equal(await host.must(`ls -A ${root}`), "");
      assert.deepEqual(errorsOf(await jail({ caBundle: { path: "/opt/bundle.pem", reason } }).up()), []);
      assert.equal(await host.must(`cat ${root}/opt/bundle.pem`), "ca\n");
    });
  });

import { describe, expect, test } from "@jest/globals";
import { loginsOf } from "../../../provider/agent/requests/files";
import { lineDiff } from "../../../provider/engine/assess/line-diff";
import type { Bytes } from "../../../provider/model/bytes";
import { differenceText } from "../../../provider/render/text/difference-text";
import { withAgent } from "../../support/connections";
import { type Driven, drive, errorsOf, type JailPart } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const reason = "the daemon asks for it";
const root = "/srv/jail";

/** The differences as text, by path, with the lines of a file that differ. */
async function differences(driven: Driven, host: LabHost): Promise<Record<string, string[]>> {
  const site = siteOn(host, root);
  const assessment = await driven.assess();
  const told: Record<string, string[]> = {};
  for (const one of assessment.plan.differences) {
    const { live, declared, marks } = differenceText(one, assessment.observation);
    const lines = await lineDiff(one, assessment, undefined, (ask) => withAgent(site, ask));
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
      expect(await jail().up()).toSucceed();
      expect(await stubs()).toBe(declared(1033));
      expect(await host.must(`ls -A ${root} ${root}/etc`)).toBe(`${root}:\netc\n\n${root}/etc:\ngroup\npasswd\n`);
      const inodes = await host.must(`cd ${root}; stat -c '%i %Z' etc etc/*`);
      expect(await differences(jail(), host)).toStrictEqual({});
      expect(await jail().up()).toSucceed();
      expect(await host.must(`cd ${root}; stat -c '%i %Z' etc etc/*`)).toBe(inodes);
    });

    test("that the host renumbers, and whatever else is in the jail's files, are drift", async () => {
      await host.must("sed 's/:1033:1033:/:1034:1033:/' /etc/passwd >/etc/new; cat /etc/new >/etc/passwd");
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
      expect(await stubs()).toBe(declared(1034));
      await host.must(`cd ${root}/etc; echo 'me::0:0::/:/bin/sh' >>passwd; chmod 0666 group; chown www group`);
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
      expect(await stubs()).toBe(declared(1034));
      await host.must("sed 's/:1034:1033:/:1033:1033:/' /etc/passwd >/etc/new; cat /etc/new >/etc/passwd");
    });

    test("that the host does not know, or of a number that is none for a jail, are refused, and nothing is touched", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      const refused = async (users: NonNullable<JailPart["accounts"]>["users"], why: RegExp) => {
        expect(errorsOf(await jail({ accounts: { users } }).up()).join()).toMatch(why);
        expect(await host.must(`ls -A ${root}`)).toBe("");
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
      expect(await jail({ accounts: { users: { toor: { reason, allowRoot } } } }).up()).toSucceed();
      expect(await host.must(`cat ${root}/etc/passwd`)).toBe("toor:x:0:0::/:/usr/sbin/nologin\n");
    });

    test("that log in to a jail go on to, as declared, or are refused until somebody says how", async () => {
      await host.must(`rm -rf ${root}; mkdir -p ${root}/etc; cd ${root}/etc; umask 022
        printf '%s\n' 'www:x:1033:1033:Web:/var/www:/usr/sbin/nologin' 'bob:x:1050:1033:Bob,,,:/home/bob:/bin/sh' \\
          'bob:x:1050:1033:::/bin/ash' 'nobody:x:65534:1033:n:/:' >passwd; touch .keep`);
      const before = await host.must(`cd ${root}; stat -c '%n %i %Z' etc etc/*; cat etc/passwd`);
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
      expect(await host.must(`cd ${root}; stat -c '%n %i %Z' etc etc/*; cat etc/passwd`)).toBe(before);

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
      await host.must(
        `cd ${root}/etc; sed 's#:/usr/sbin/nologin#:/bin/sh#; s#Bob,,,#Bob#' passwd >new; cat new >passwd; rm new`,
      );
      expect((await differences(jail(stated), host))["etc/passwd"]?.slice(2)).toStrictEqual([
        "-bob:x:1050:1033:Bob:/home/bob:/bin/sh",
        "+bob:x:1050:1033:Bob,,,:/home/bob:/bin/sh",
        " nobody:x:65534:1033::/:/bin/false",
        "-www:x:1033:1033::/:/bin/sh",
        "+www:x:1033:1033::/:/usr/sbin/nologin",
      ]);
      expect(await jail({ accounts: { users } }).up()).toSucceed();
      expect(await host.must(`cat ${root}/etc/passwd`)).toMatch(/^bob:x:1050:1033::\/:\/usr\/sbin\/nologin\n/);
    });

    test("of a passwd that root alone may read are taken over, and no hash leaves the host", async () => {
      await host.must(`rm -rf ${root} /var/lib/pulumi-chroot; mkdir -p ${root}/etc; cd ${root}/etc
        echo 'bob:$6$hash:1050:1033::/home/bob:/bin/sh' >passwd; chmod 0600 passwd`);
      const bare = jail({ accounts: { users: { bob: reason } } });
      expect(errorsOf(await bare.up()).join()).toMatch(/the user bob logs in with the shell \/bin\/sh/);
      await host.must(`cd ${root}/etc; sed -i 's#/home/bob:/bin/sh#/:/usr/sbin/nologin#' passwd`);
      const site = siteOn(host, root);
      const text = await withAgent(site, (agent) => loginsOf(agent, "etc/passwd" as Bytes));
      expect(text).toBe("bob:x:1050:1033::/:/usr/sbin/nologin\n");
      expect(await jail({ accounts: { users: { bob: reason } } }).up()).toSucceed();
    });

    test("whose passwd cannot be read are refused until somebody says how they log in", async () => {
      await host.must(
        `rm -rf ${root} /var/lib/pulumi-chroot; mkdir -p ${root}/etc; cd ${root}/etc; head -c 70000 /dev/zero >passwd`,
      );
      const why = /nobody can read in the jail's etc\/passwd how the user bob logs in: declare home/;
      const bob = { reason, shell: "/bin/sh" };
      expect(errorsOf(await jail({ accounts: { users: { bob, www: { ...bob, home: "/" } } } }).up()).join()).toMatch(
        why,
      );
      expect(await jail({ accounts: { users: { bob: { ...bob, home: "/" } } } }).up()).toSucceed();
    });

    test("and a JailFile at the same place are refused by both names", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      const both = drive(siteOn(host, root), { accounts }, {}, { own: { path: "etc/passwd", content: "x" } });
      const errors = errorsOf(await both.up()).join("\n");
      expect(errors).toMatch(/Jail::jail .*JailFile::own puts etc\/passwd there too/);
      expect(errors).toMatch(/JailFile::own .*Jail::jail puts etc\/passwd there too/);
      expect(await host.must(`ls -A ${root}`)).toBe("");
    });

    test("are those that count for the host, whatever else is in its files", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      const long = "head -c 10000000 /dev/zero | tr '\\0' ";
      const hostile = [
        "cp -p /etc/passwd /etc/group /root",
        "{ echo root:x:0:0:::; echo '+www:x:7:7:::'; echo '-www:x:8:8:::'; echo '+::::::'; echo '+'; echo; echo :x:0:0:::; echo www",
        "printf 'www:x:9\\n#www:x:10:10\\nwww:x:1e1:10\\nwww:x:-1:1\\nwww:x:4294967295:1\\nwww:x:99999999999:1\\nwww:x:11:\\n'",
        "printf '\\351\\377:x:14:14:::\\n'",
        // BusyBox's cut takes the bytes after a NUL for the name.
        flavour === "gnu" ? "printf 'w\\0www:x:12:12:::\\nww\\0w:x:13:13:::\\n'" : "",
        `${long} a; echo; ${long} :; echo; ${long} w; echo :x:15:15:::`,
        "printf 'www:x:1033:1033:long:'",
        `${long} g; printf ':/bin/sh\\r\\nwww:x:16:16:::\\nsame:x:1033:17:::\\nbob:x:1050:1033:::\\n'; } >/etc/passwd`,
        `{ printf 'root:x:0:\\n+\\n+www:x:7:\\nwww:x\\nwww:x:8\\r\\n'; ${long} b; printf '\\nwww:x:1033:'; ${long} m; printf '\\r\\nwww:x:16:\\n'; } >/etc/group`,
      ];
      await host.must(hostile.join("\n"));
      try {
        const { observation } = await jail().assess();
        expect(observation.principals.uids.get("www")).toBe(1033);
        expect(observation.principals.gids.get("www")).toBe(1033);
        expect(observation.principals.users.get(1033)).toBe("www");
        expect([...observation.principals.uids.keys()].filter((name) => name.length > 4)).toStrictEqual([]);
        const errors = errorsOf(await jail({ accounts: { users: { www: reason, bob: reason } } }).up());
        expect(errors).toStrictEqual([]);
        expect(await host.must(`cat ${root}/etc/passwd`)).toBe(
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
      expect(await jail().up()).toSucceed();
      expect(
        await host.must(`cd ${root}; find . -type f -exec stat -c '%n %u:%g %a' {} + | sort; cat etc/localtime`),
      ).toBe(
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
      expect(await differences(jail(), host)).toStrictEqual({});
      await host.must(`echo cet >/opt/tz/CET; ln -sf /opt/tz/CET /etc/localtime; echo own >${root}/etc/hosts`);
      const found = await differences(jail(), host);
      expect(Object.keys(found)).toStrictEqual(["etc/hosts", "etc/localtime"]);
      expect(found["etc/localtime"]).toStrictEqual([
        "root:root 0644 stale sha256 => root:root 0644 sha256 as the host's /etc/localtime",
        "@@ -1,1 +1,1 @@",
        "-utc",
        "+cet",
      ]);
      expect(await jail().up()).toSucceed();
      expect(await host.must(`cat ${root}/etc/localtime; cmp ${root}/etc/hosts /etc/hosts`)).toBe("cet\n");
      expect(await differences(jail(), host)).toStrictEqual({});
    });

    test("stay root's where the daemon may write", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      const open = () => drive(siteOn(host, root), { writable: { etc: reason }, hostFiles: { hosts: reason } });
      expect(await open().up()).toSucceed();
      await host.must(`cd ${root}/etc; chown www hosts; chmod 0600 hosts; echo own >own`);
      expect(await differences(open(), host)).toStrictEqual({
        "etc/hosts": ["www:root 0600 => root:root 0644, LOOSER"],
      });
      expect(await open().up()).toSucceed();
      expect(await host.must(`cd ${root}/etc; stat -c '%U %a' hosts; ls`)).toBe("root 644\nhosts\nown\n");
    });

    test("that the host does not have are refused by name; a bundle may be elsewhere", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}; rm /etc/ssl/certs/ca-certificates.crt; echo ca >/opt/bundle.pem`);
      expect(errorsOf(await jail().up()).join()).toMatch(
        /the host has no file \/etc\/ssl\/certs\/ca-certificates.crt that could be read: correct its name, or install it there/,
      );
      expect(await host.must(`ls -A ${root}`)).toBe("");
      expect(await jail({ caBundle: { path: "/opt/bundle.pem", reason } }).up()).toSucceed();
      expect(await host.must(`cat ${root}/opt/bundle.pem`)).toBe("ca\n");
    });
  });

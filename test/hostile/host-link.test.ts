import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { drive, errorsOf, type FileParts, type JailPart, type RuleParts } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** The directory stays: an agent that has yet to end holds its lock, and removes the path when it is empty. */
const emptyRegistry = "find /var/lib/pulumi-chroot -mindepth 2 -delete 2>/dev/null || :";

/** A link that root's shells follow leads only to files that no other user can write. */
describe("a link on the host into the jail", () => {
  let host: LabHost;
  const root = "/srv/jail";
  const hostLink = "/etc/profile.d/x.sh";
  useHost({ flavour: "gnu", accounts: account }, async (made) => {
    host = made;
    await host.must(`mkdir -p /etc/profile.d ${root}`);
  });
  const program = (file: FileParts[string], jail: JailPart = {}, rules: RuleParts = {}) =>
    drive(siteOn(host, root), { writable: { data: "uploads" }, ...jail }, rules, {
      one: { ...(file?.symlinkTo === undefined ? { content: "true\n" } : {}), hostLink, ...file },
    });

  const cases: Record<string, [FileParts[string], RegExp, RuleParts?]> = {
    "into a directory of the daemon's": [{ path: "data/x.sh" }, /users other than root may write in data: /],
    "below a directory of the daemon's": [{ path: "data/deep/x.sh" }, /users other than root may write in data: /],
    "to a file of the daemon's": [{ path: "etc/x.sh", owner: "www" }, /users other than root may write etc\/x\.sh: /],
    "to a file that its group may write": [
      { path: "etc/x.sh", mode: "0664" },
      /users other than root may write etc\/x\.sh: /,
    ],
    "into a directory that a rule gives away": [
      { path: "etc/sub/x.sh" },
      /users other than root may write in etc: /,
      { give: { match: "etc", owner: "www" } },
    ],
  };
  test("is refused over links in the jail to what others may write", async () => {
    await host.must(`mkdir -p ${root}/etc ${root}/data; ln -sfn ../data ${root}/etc/way; : >${root}/data/x.sh`);
    for (const symlinkTo of ["../data/x.sh", "way/x.sh", `${root}/etc/../data/x.sh`]) {
      const driven = program({ path: "etc/link", symlinkTo });
      assert.match((await driven.report("one")).host ?? "", /users other than root may write in data: /, symlinkTo);
    }
    await host.must(`rm -r ${root}/etc ${root}/data`);
  });

  for (const [name, [file, why, rules]] of Object.entries(cases))
    test(`is refused ${name}, in preview and up`, async () => {
      const driven = program(file, {}, rules);
      expect((await driven.report("one")).host ?? "").toMatch(why);
      expect(errorsOf(await driven.up()).join()).toMatch(why);
      expect(await host.must("ls -A /etc/profile.d")).toBe("");
    });

  test("is made to a file that only root may write", async () => {
    await host.must(emptyRegistry);
    const driven = program({ path: "etc/x.sh" });
    expect(await driven.up()).toSucceed();
    expect((await driven.report("one")).host).toBe(undefined);
    expect(await host.must(`cat ${hostLink}`)).toBe("true\n");
    // The mode of a link is 0777 and means nothing.
    await host.must("cd /srv/jail/etc; rm x.sh; ln -s /etc/passwd x.sh");
    const again = program({ path: "etc/x.sh" });
    expect((await again.report("one")).host).toBe(undefined);
    expect(await again.up()).toSucceed();
    expect(await host.must(`cat ${hostLink}`)).toBe("true\n");
  });
});

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a link on a ${flavour} host to a directory of the jail`, () => {
    let host: LabHost;
    const root = "/srv/jail";
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const nsd = { path: "etc/nsd", directory: true, hostLink: "/etc/nsd" } as const;
    const program = (jail: JailPart = {}, rules: RuleParts = {}, files: FileParts = {}) =>
      drive(siteOn(host, root), { writable: { data: "uploads" }, ...jail }, rules, { nsd, ...files });
    const fresh = (script = ":") =>
      host.must(`while read -r _ _ _ _ point _; do case $point in ${root}/*) umount -l "$point" ;; esac; done </proc/self/mountinfo
        ${emptyRegistry}; rm -rf ${root} /etc/nsd; umask 022; mkdir -p ${root}/etc/nsd ${root}/data /srv/pages; : >/etc/fstab
        cd ${root}/etc/nsd; echo conf >nsd.conf; mkdir zones; ln -s zones/../nsd.conf link; ln -s /etc/hosts hosts; ${script}`);

    test("is made where only root may write in it, noted, and goes with its resource", async () => {
      await fresh(`rm -r ${root}/etc`);
      const files = { conf: { path: "etc/nsd/nsd.conf", content: "conf\n" } };
      expect(await program({}, {}, files).up()).toSucceed();
      expect(await host.must("readlink /etc/nsd; cat /etc/nsd/nsd.conf")).toBe(`${root}/etc/nsd\nconf\n`);
      expect((await program({}, {}, files).assess()).plan.differences).toStrictEqual([]);
      await host.must("rm /etc/nsd");
      expect((await program({}, {}, files).assess()).plan.differences.map(({ path }) => path)).toStrictEqual([
        "/etc/nsd",
      ]);
      expect(await program({}, {}, files).up()).toSucceed();
      await program({}, {}, files).forget("nsd");
      expect(await host.must(`test ! -L /etc/nsd; ls ${root}/etc/nsd`)).toBe("nsd.conf\n");
    });

    const reason = "a test";
    const www = { owner: "www" };
    const tmpfs = { type: "tmpfs", size: "64k", reason } as const;
    const astray: Record<string, [string, string, JailPart?, RuleParts?, FileParts?]> = {
      "that is the daemon's": [":", "in etc/nsd", {}, { give: { match: "etc/nsd", ...www } }],
      "in which a directory is writable": [":", "in etc/nsd/run", { writable: { "etc/nsd/run": reason } }],
      "in which a rule gives a file away": [":", "etc/nsd/nsd.conf", {}, { give: { match: "etc/nsd/*.conf", ...www } }],
      "in which a rule opens a directory": [
        ":",
        "in etc/nsd/zones",
        {},
        { open: { match: "**/zones", directoryMode: "0775" } },
      ],
      "in which a file is to be the daemon's": [
        ":",
        "etc/nsd/new",
        {},
        {},
        { one: { path: "etc/nsd/new", content: "x", ...www } },
      ],
      "with a link to what the daemon writes": [`ln -s ../../data/keys keys; : >${root}/data/keys`, "in data"],
      "with a link to a directory with such a link": [
        "mkdir ../more; ln -s ../more more; ln -s ../../data ../more/data",
        "in data",
      ],
      "with a FIFO of the daemon's": ["mkfifo pipe; chown www pipe", "etc/nsd/pipe"],
      "in which something is to be mounted": [
        ":",
        "in the mount at etc/nsd/run, which no look enters",
        { mounts: { "etc/nsd/run": tmpfs } },
      ],
      "in which something is mounted": [
        `mount -t tmpfs tmpfs ${root}/etc/nsd/zones`,
        "in the mount at etc/nsd/zones, which no look enters",
      ],
      "below a mount": [":", "in the mount at etc, which no look enters", { mounts: { etc: tmpfs } }],
    };
    for (const [name, [script, why, jail, rules, files]] of Object.entries(astray))
      test(`is refused to one ${name}`, async () => {
        await fresh(script);
        const { host: said = "" } = await program(jail, rules, files).report("nsd");
        assert.ok(
          said.includes(`/etc/nsd is to lead into the jail, and users other than root may write ${why}: `),
          said,
        );
        const [outcome] = await program(jail, rules, files).up("nsd");
        expect(outcome?.error?.message ?? "").toMatch(/is to lead into the jail/);
        expect((await host.sh("test -L /etc/nsd")).code).toBe(1);
      });

    test("is made to one with root's own links alone", async () => {
      await fresh("ln -s . self; ln -s nowhere dangling");
      expect(await program().up()).toSucceed();
      expect(await host.must("cat /etc/nsd/link")).toBe("conf\n");
    });
  });

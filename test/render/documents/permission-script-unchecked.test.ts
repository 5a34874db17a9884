import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { registryName } from "../../../provider/agent/site";
import { bytesOf } from "../../../provider/model/bytes";
import type { Contents } from "../../../provider/render/documents/jail-contents";
import { during } from "../../support/during";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";
import { accounts, noContents, type Ran, runScripts, type ScriptCase, scriptCase, scriptOf } from "../script-cases";

const by = { label: "Jail::named" };
const declared: Contents = {
  ...noContents,
  files: [
    {
      by,
      reason: "a test",
      at: bytesOf("dev/null"),
      is: { type: "character device", major: 1, minor: 3, owner: "root", group: "named", mode: 0o660 },
    },
  ],
  mounts: [
    {
      by,
      reason: "a test",
      at: bytesOf("tmp"),
      is: { type: "tmpfs", size: 64, owner: "root", group: "named", mode: 0o770, exec: false },
    },
  ],
};

for (const flavour of ["gnu", "busybox"] as const)
  describe(`permissions.sh --check on a ${flavour} host`, () => {
    let host: LabHost;
    let one: ScriptCase;
    useHost({ flavour, accounts }, async (made) => {
      host = made;
      await host.must("mkdir -p /srv/scripts /srv/jails");
      one = scriptCase(
        {
          name: "unchecked",
          expect: {},
          jail: { writable: { w: "w" }, directories: { d: "d", "x/y": "y" }, exclude: { "left/**": "a test" } },
          rules: { file: { match: "etc/*.conf", fileMode: "0600" }, deep: { match: "www/**/page", fileMode: "0644" } },
        },
        root,
      );
      writeFileSync(host.path("/srv/scripts/unchecked.sh"), scriptOf(one.merged, root, declared));
      const acl = scriptCase(
        { name: "unchecked", expect: {}, rules: { acl: { match: "etc/b", acl: ["user:bob:r"] } } },
        root,
      );
      writeFileSync(host.path("/srv/scripts/acl.sh"), scriptOf(acl.merged, root, declared));
    });
    const root = "/srv/jails/unchecked";
    const registry = `/var/lib/pulumi-chroot/${registryName(root)}`;
    const run = async (args: string): Promise<Ran> => {
      const [ran] = await runScripts(host, [one], args);
      assert.ok(ran);
      return ran;
    };
    /** A jail that is as declared. */
    async function prepare(): Promise<void> {
      await host.must(`rm -rf ${root} ${registry}; mkdir -p ${root}/etc ${root}/www/a ${root}/other ${root}/tmp ${root}/left/out ${root}/dev
        cd ${root}; : >etc/a.conf; : >etc/b; : >www/a/page; mknod -m 0660 dev/null c 1 3; chown root:named dev/null`);
      const ran = await run("");
      expect([ran.code, ran.error]).toStrictEqual([0, ""]);
      expect(await run("--check")).toStrictEqual({ code: 0, out: "", error: "" });
    }
    /** Checks the message after a command, and that the repair does not exit with 0 either. */
    async function unchecked(command: string, why: RegExp, undo = ":"): Promise<void> {
      await host.must(`cd ${root}; ${command}`);
      try {
        for (const args of ["--check", ""]) {
          const ran = await run(args);
          assert.deepEqual([ran.code, why.test(ran.error)], [1, true], `${command} ${args}: ${JSON.stringify(ran)}`);
        }
      } finally {
        await host.must(`cd ${root}; ${undo}`);
      }
    }

    test("says what is hidden by a mount, and only notes one that hides nothing declared", async () => {
      await prepare();
      const mount = (at: string) =>
        unchecked(
          `mount -t tmpfs none ${at}`,
          new RegExp(`^${at}: not checked: a mount that no resource declares`, "m"),
          `umount ${at}`,
        );
      for (const at of ["d", "x", "etc", "www", "www/a"]) await mount(at);
      await unchecked(
        "mount --bind etc/b etc/a.conf",
        /^etc\/a\.conf: not checked: a mount that no resource declares/m,
        "umount etc/a.conf",
      );
      for (const at of ["other", "w/own", "tmp", "left/out"]) {
        await host.must(
          `cd ${root}; mkdir -p ${at}; chown root:named ${at}; chmod 0750 ${at}; mount -t tmpfs none ${at}`,
        );
        const { code, error, out } = await run("--check");
        const note = ["other", "w/own"].includes(at)
          ? `${at}: a mount point that no resource declares is left alone\n`
          : "";
        assert.deepEqual([code, error, out], [0, "", note], at);
        await host.must(`cd ${root}; umount ${at}`);
      }
    });

    test("looks again where something is mounted meanwhile", async () => {
      await prepare();
      await during(host, "find", `[ -e /srv/once ] || { : >/srv/once; mount -t tmpfs none ${root}/etc; }`, async () => {
        const ran = await run("--check");
        expect(ran.code).toBe(1);
        expect(ran.error).toMatch(/^etc: not checked: a mount that no resource declares hides the declared entries/);
        assert.equal(ran.out, "", "nothing of it is said to differ");
      });
      await host.must(`umount ${root}/etc`);
    });

    test("says what it does not reach, and what a run that was cut short has left", async () => {
      await prepare();
      const name = "n".repeat(250);
      await unchecked(
        `(cd w; for i in $(seq 1 101); do mkdir d && cd d; done)`,
        /^w\/d\/.*\/d: not checked: it is 100 directories deep, or/m,
        "rm -rf w/d",
      );
      await unchecked(
        `(cd w; for i in $(seq 1 16); do mkdir ${name} && cd ${name}; done)`,
        /^w\/n+\/.*: not checked: it is 100 directories deep, or its path is almost as long as a command takes$/m,
        `rm -rf w/${name}`,
      );
      await unchecked(
        "mkdir -m 0711 .pulumi-chroot-staging; mkdir .pulumi-chroot-staging/x",
        /^\.pulumi-chroot-staging: not checked: a run that was cut short has made it/m,
        "rm -r .pulumi-chroot-staging",
      );
      await host.must(`mkdir -p ${registry}/sealed; chmod 0700 ${registry}; cd ${root}; chmod g-w w
        printf '%s 1 0:53 770 .//w\\0' "$(stat -c %d:%i w)" >${registry}/sealed/1`);
      const closed = await run("--check");
      expect(closed.code).toBe(1);
      expect(closed.error).toMatch(/^not finished: a run was cut short and has left directories closed/m);
      expect((await run("")).code).toBe(0);
      expect(await run("--check")).toStrictEqual({ code: 0, out: "", error: "" });
    });

    test("says of devices that nobody declares, and of declared ones that are others", async () => {
      await prepare();
      await unchecked("mknod -m 0666 etc/mem c 1 1", /^etc\/mem: a device that no resource declares/m, "rm etc/mem");
      await unchecked("mknod w/disk b 7 0", /^w\/disk: a device that no resource declares/m, "rm w/disk");
      for (const wrong of [
        "chmod 0666 dev/null",
        "chown bob dev/null",
        "rm dev/null; mknod -m 0660 dev/null c 1 5; chown root:named dev/null",
      ])
        await unchecked(
          wrong,
          /^dev\/null: not the device that is declared/m,
          "rm dev/null; mknod -m 0660 dev/null c 1 3; chown root:named dev/null",
        );
      expect(await run("--check")).toStrictEqual({ code: 0, out: "", error: "" });
    });

    test("ends badly where its lists are cut by a full disk, or find is killed", async () => {
      await prepare();
      await host.must(
        `cd ${root}; for i in $(seq 1 150); do : >etc/name-$i; done; sh /srv/scripts/unchecked.sh >/dev/null 2>&1; chmod 0777 www/a/page etc/name-*`,
      );
      let done = false;
      for (let size = 4; !done && size < 400; size += size < 20 ? 4 : 16) {
        await host.must(`mount -t tmpfs -o mode=1777,size=${size}k none /tmp`);
        const { code, stdout } = await host.sh("sh /srv/scripts/unchecked.sh --check 2>/dev/null");
        await host.must("umount /tmp");
        assert.notEqual(code, 0, `${size} KiB`);
        done = stdout.split("\n").length === 152;
      }
      assert.ok(done);
      await host.must("sh /srv/scripts/unchecked.sh >/dev/null 2>&1 || :");
      const find = (await host.must("command -v find")).trim();
      for (const end of ["kill -9 $$", "exit 127"]) {
        await host.replace(find, (original) => `#!/bin/sh\n${original} "$@" | head -c 20\n${end}\n`);
        const ran = await run("--check");
        await host.restore(find);
        assert.notEqual(ran.code, 0, end);
        assert.match(ran.error, /not checked: /, end);
      }
      expect((await run("--check")).code).toBe(0);
    });

    test("does not take missing tools, and tools that fail, for nothing to tell", async () => {
      await prepare();
      const said = await host.sh("sh /srv/scripts/unchecked.sh --check");
      assert.equal(said.code, 0, said.stderr);
      const notes = /^ACLs are not checked: this host has no getfacl.*\nFile capabilities are not checked: .*\n$/;
      if (flavour === "busybox") {
        assert.match(said.stderr, notes, "as a preview says it");
        return;
      }
      for (const [tool, body, why] of [
        [
          "getcap",
          "echo 'getcap: no such luck' >&2; exit 1",
          /^etc\/b: not checked: its capabilities cannot be read: getcap:_no_/m,
        ],
        ["getcap", "kill -9 $$", /^etc\/b: not checked: its capabilities/m],
        ["getcap", "echo 'capabilities of a newer kind'; exit 0", /^etc\/b: not checked: its capabilities/m],
        ["getfacl", "echo 'getfacl: no such luck' >&2; exit 1", /^not checked: getfacl: no such luck$/m],
        ["getfacl", "echo hello", /not checked: /m],
        ["stat", "exit 1", /not checked: |there is no /m],
      ] as const) {
        const path = (await host.must(`command -v ${tool}`)).trim();
        await host.replace(path, `#!/bin/sh\n${body}\n`);
        const { code, stdout, stderr } = await host.sh("sh /srv/scripts/unchecked.sh --check");
        await host.restore(path);
        assert.notEqual(code, 0, `${tool}: ${body}`);
        assert.match(`${stdout}${stderr}`, why, `${tool}: ${body}`);
      }
      const tools = ["getfacl", "setcap"];
      await host.must(tools.map((tool) => `mount --bind /dev/null "$(command -v ${tool})"`).join("; "));
      const [bare, declared] = [
        await host.sh("sh /srv/scripts/unchecked.sh --check"),
        await host.sh("sh /srv/scripts/acl.sh --check"),
      ];
      await host.must("umount /usr/bin/getfacl; umount /usr/sbin/setcap");
      expect(bare.code).toBe(0);
      assert.match(bare.stderr, notes, "as a preview says it");
      assert.equal(declared.code, 1, "what is declared and cannot be had fails, as up does");
      expect(declared.stderr).toMatch(/^ACLs are not checked: /m);
    });
  });

test("a rule for whatever is anywhere speaks of every mount", () => {
  const { merged } = scriptCase(
    { name: "all", expect: {}, rules: { all: { match: "**/x", owner: "root" } } },
    "/srv/x",
  );
  expect(scriptOf(merged, "/srv/x")).toMatch(/^claimed\(\) \{\n {2}return 0\n {2}return 1\n\}$/m);
});

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import { type Driven, drive } from "../support/driven";
import { siteOn, walk } from "../support/jail-site";
import { perl } from "../support/perl";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** Entries that are neither files nor directories, or that cannot be changed or read in time. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const program = (root: string): Driven =>
      drive(siteOn(host, root), {
        writable: { data: "uploads" },
        directories: { etc: "configuration" },
        exclude: { "**/null": "left alone", "**/tape": "left alone", "**/disk": "left alone" },
      });

    test("FIFOs, sockets, devices and sparse files hang nothing, and only the files are changed", async () => {
      const root = "/srv/kinds";
      await host.must(`mkdir -p ${root}/etc ${root}/data/own; cd ${root}; for dir in etc data/own; do (cd $dir
        mkfifo -m 0777 fifo; mknod -m 0777 null c 1 3; mknod -m 0777 tape c 9 0; mknod -m 0777 disk b 7 99
        : >sparse; chmod 4755 sparse); done; chown -R www:www data; chmod 4755 data/own/sparse`);
      for (const dir of ["etc", "data/own"]) {
        const at = host.path(`${root}/${dir}`);
        perl(
          `use Socket; chdir $ARGV[0]; socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, sockaddr_un("socket")) or die;
          truncate("sparse", 1 << 40) or die $!; chmod 0777, "socket"; chmod 04755, "sparse"`,
          at,
        );
      }
      const before = walk(host.path(root));
      // The preview reads the start of files that would lose their execute bits: of files only, and not of all.
      const look = await program(root).report();
      expect(look.host).toBe(undefined);
      expect(await program(root).up()).toSucceed();
      const after = walk(host.path(root));
      const changed = [...after].filter(([path, { ctime }]) => ctime !== before.get(path)?.ctime).map(([path]) => path);
      const directories = [".", "data", "data/own", "etc"];
      expect(changed.sort()).toStrictEqual([...directories, "data/own/sparse", "etc/sparse"].sort());
      expect(after.get("etc/sparse" as Bytes)?.mode).toBe(0o640);
      expect(after.get("data/own/sparse" as Bytes)?.mode).toBe(0o755);
    });

    test("a file that cannot be changed is named, and the others are repaired", async () => {
      const root = "/srv/fixed";
      await host.must(`mkdir -p ${root}/etc ${root}/data/own; cd ${root}; : >etc/a; : >etc/fixed; : >etc/z
        : >data/own/a; : >data/own/fixed; : >data/own/z; chown -R www:www data; chmod 4755 etc/* data/own/*`);
      const flag = (sign: string) =>
        perl(immutable, sign, ...["etc/fixed", "data/own/fixed"].map((path) => host.path(`${root}/${path}`)));
      flag("+");
      try {
        const [{ error } = {}] = await program(root).up();
        expect(error?.message ?? "").toMatch(/etc\/fixed:? is .*4755.*(immutable|Operation not permitted)/s);
        const { differences } = await program(root).report();
        expect(differences.map(({ path }) => path)).toStrictEqual(["data/own/fixed", "etc/fixed"]);
        const modes = await host.must(`cd ${root}; stat -c %a etc/a etc/z data/own/a data/own/z`);
        expect(modes).toBe("640\n640\n755\n755\n");
        assert.equal(await host.must(`stat -c '%U %a' ${root}/data/own`), "www 755\n", "and all is open again");
      } finally {
        flag("-");
      }
      expect(await program(root).up()).toSucceed();
    });

    test("a directory of the daemon that cannot be closed is named, and what was closed before it is open again", async () => {
      const root = "/srv/stuck";
      await host.must(`mkdir -p ${root}/etc ${root}/data/a/deep ${root}/data/fixed; cd ${root}; : >etc/conf; chmod 0666 etc/conf
        : >data/a/deep/prog; chown -R www:www data; chmod 4755 data/a/deep/prog; chmod 0770 data/a/deep`);
      perl(immutable, "+", host.path(`${root}/data/fixed`));
      const before = walk(host.path(root));
      try {
        const [{ error } = {}] = await program(root).up();
        expect(error?.message ?? "").toMatch(/data\/fixed.*Operation not permitted/s);
        // The agent opens when it has been left; a look waits for it.
        const { host: said } = await program(root).report();
        const after = walk(host.path(root));
        for (const path of ["data/a", "data/a/deep"] as Bytes[])
          assert.deepEqual(
            [after.get(path)?.uid, after.get(path)?.mode],
            [before.get(path)?.uid, before.get(path)?.mode],
            path,
          );
        assert.equal(said, undefined, "nothing is left closed");
      } finally {
        perl(immutable, "-", host.path(`${root}/data/fixed`));
      }
      expect(await program(root).up()).toSucceed();
      expect((await program(root).assess()).plan.differences).toStrictEqual([]);
    });
  });

/** Sets the flags as chattr does: FS_IOC_GETFLAGS, FS_IOC_SETFLAGS. */
const immutable = `my $sign = shift; for (@ARGV) { open F, "<", $_ or opendir F, $_ or die $!; my $flags = pack "l", 0;
  my $fd = -d $_ ? fileno(F) : fileno(F); open G, "<&=", $fd; ioctl(G, 0x80086601, $flags) or die $!; $flags = unpack "l", $flags;
  $flags = $sign eq "+" ? $flags | 0x10 : $flags & ~0x10; ioctl(G, 0x40086602, pack "l", $flags) or die "$_: $!" }`;

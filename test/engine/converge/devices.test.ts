import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { differenceText } from "../../../provider/render/text/difference-text";
import { type Driven, drive, errorsOf } from "../../support/driven";
import { siteOn, walk } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const reason = "the daemon reads it";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`devices on a ${flavour} host`, () => {
    const root = "/srv/jail";
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const program = (): Driven =>
      drive(siteOn(host, root), {
        devices: {
          null: "what nobody wants to read",
          urandom: reason,
          "net/ours": {
            type: "character",
            major: 240,
            minor: 7,
            owner: "www",
            group: "www",
            mode: "0460",
            reason,
            allowDangerous: reason,
          },
        },
        exclude: { other: "somebody else's" },
      });
    const devices = () => host.must(`cd ${root}; stat -c '%n %F %t:%T %u:%g %a' dev/null dev/urandom dev/net/ours`);
    const differences = async (): Promise<Record<string, string>> => {
      const { plan, observation } = await program().assess();
      const texts = plan.differences.map((one) => [one.path, differenceText(one, observation)] as const);
      return Object.fromEntries(
        texts.map(([path, { live, declared, marks }]) => [path, `${live} => ${declared}${marks}`]),
      );
    };
    const declared = [
      "dev/null character special file 1:3 0:0 666",
      "dev/urandom character special file 1:9 0:0 666",
      "dev/net/ours character special file f0:7 1033:1033 460",
      "",
    ].join("\n");

    test("are made with their directories, and left alone then", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      expect(await program().up()).toSucceed();
      expect(await devices()).toBe(declared);
      const inodes = await host.must(`cd ${root}; stat -c '%i %Z' dev/* dev/net/*`);
      expect(await differences()).toStrictEqual({});
      expect(await program().up()).toSucceed();
      expect(await host.must(`cd ${root}; stat -c '%i %Z' dev/* dev/net/*`)).toBe(inodes);
      expect(await host.must(`ls -A ${root}`)).toBe("dev\n");
    });

    test("that lead elsewhere, are another's, or are something else are put right", async () => {
      const dev = `cd ${root}/dev;`;
      await host.must(
        `${dev} rm null urandom net/ours; mknod -m 0666 null c 1 1; echo text >urandom; mknod net/ours b 240 7`,
      );
      expect(await differences()).toStrictEqual({
        "dev/net/ours": "root:root 0644 block device 240:7 => www:www 0460 character device 240:7",
        "dev/null": "root:root 0666 character device 1:1 => root:root 0666 character device 1:3",
        "dev/urandom": "root:root 0644 file => root:root 0666 character device 1:9",
      });
      expect(await program().up()).toSucceed();
      expect(await devices()).toBe(declared);
      await host.must(`${dev} chmod 0600 null; chown www urandom; rm net/ours; ln -s /dev/sda net/ours`);
      expect(await differences()).toStrictEqual({
        "dev/net/ours": "root:root 0777 link => www:www 0460 character device 240:7",
        "dev/null": "root:root 0600 => root:root 0666, LOOSER",
        "dev/urandom": "www:root 0666 => root:root 0666",
      });
      expect(await program().up()).toSucceed();
      expect(await devices()).toBe(declared);
      expect(await differences()).toStrictEqual({});
    });

    test("that nobody has declared are moved away, and only those", async () => {
      await host.must(
        `cd ${root}; mkdir -p other data; mknod -m 0600 dev/sda b 8 0; mknod other/kept c 1 1; mknod data/mem c 1 1`,
      );
      expect(await differences()).toStrictEqual({
        data: "root:root 0755 => root:www 0750",
        "data/mem": "character device 1:1 => absent",
        "dev/sda": "block device 8:0 => absent",
      });
      expect(await program().up()).toSucceed();
      expect(await host.must(`cd ${root}; ls dev data other`)).toBe(
        "data:\n\ndev:\nnet\nnull\nurandom\n\nother:\nkept\n",
      );
      expect(await host.must(`cd ${root}/.pulumi-chroot; stat -c '%F %t:%T' *-*`)).toBe(
        ["character special file 1:1", "block special file 8:0", ""].join("\n"),
      );
      expect(await host.must(`stat -c '%U %a' ${root}/.pulumi-chroot`)).toBe("root 700\n");
      expect(await differences()).toStrictEqual({});
    });

    test("where they would do nothing, and what cannot be written, are refused before anything is touched", async () => {
      const onMount = (options: string) =>
        host.must(
          `umount -l ${root} 2>/dev/null; rm -rf ${root}; mkdir ${root}; mount -t tmpfs -o ${options} tmpfs ${root}`,
        );
      try {
        await onMount("nodev,mode=0750,gid=1033");
        const [{ error } = {}] = await program().up();
        expect(error?.message ?? "").toMatch(
          /the root's file system \(tmpfs\) is mounted nodev: devices do nothing there: mount it with dev, or choose a root elsewhere/,
        );
        expect(await host.must(`ls -A ${root}`)).toBe("");
        await onMount("ro,mode=0750,gid=1033");
        expect(errorsOf(await program().up()).join()).toMatch(
          /mounted ro: nothing can be put right there: mount it rw/,
        );
        const nothing = drive(siteOn(host, root));
        assert.deepEqual(errorsOf(await nothing.up()), [], "nothing differs there");
        const below = drive(siteOn(host, `${root}/new`), { binaries: { "/bin/true": reason } });
        await onMount("noexec,mode=0755");
        expect(errorsOf(await below.up()).join()).toMatch(
          /mounted noexec: programs do not run there: mount it with exec/,
        );
        expect(await host.must(`ls -A ${root}`)).toBe("");
      } finally {
        await host.must(`umount -l ${root}`);
      }
    });

    test("with something in the way that is not theirs to replace are refused by its name, and nothing is touched", async () => {
      const cases = [
        ["mkdir -p dev/null; : >dev/null/file", /dev\/null is a directory: remove it, or declare another path/],
        ["ln -s /dev dev", /dev, which is above dev\/\S+, is a link that leads nowhere in the jail: remove it/],
        [": >dev", /dev, which is above dev\/\S+, is a file: remove it, or declare another path/],
        ["mkdir -p dev; mkfifo dev/net", /dev\/net, which is above dev\/net\/ours, is a fifo: remove it/],
        ["mkdir -p dev/net; mount -t tmpfs none dev/net", /dev\/net\/ours is at or below a mount point, which is left/],
      ] as const;
      for (const [script, why] of cases) {
        await host.must(`rm -rf ${root}; mkdir ${root}; cd ${root}; ${script}`);
        const before = walk(host.path(root));
        expect((await program().report()).host ?? "").toMatch(why);
        expect(errorsOf(await program().up()).join()).toMatch(why);
        expect(host.path(root)).toBeUntouched(before);
        await host.sh(`umount -l ${root}/dev/net`);
      }
    });

    test("take the place of a link without what it points to, and of a file, which is kept", async () => {
      await host.must(`rm -rf ${root} /srv/out /var/lib/pulumi-chroot; mkdir -p ${root}/dev /srv/out; cd ${root}/dev; echo out >/srv/out/file
        ln -s /srv/out/file null; ln -s /nowhere urandom; mkdir net; echo mine >net/ours`);
      const outside = walk(host.path("/srv/out"));
      expect(await program().up()).toSucceed();
      expect(await devices()).toBe(declared);
      expect(host.path("/srv/out")).toBeUntouched(outside);
      expect(await host.must("cat /var/lib/pulumi-chroot/jail-*/backup/[!i]*")).toBe("mine\n");
    });

    test("of an owner that the host does not know are refused, and nothing is touched", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      const unknown = drive(siteOn(host, root), {
        devices: {
          ours: {
            type: "character",
            major: 240,
            minor: 7,
            owner: "nobody-here",
            mode: "0600",
            reason,
            allowDangerous: reason,
          },
        },
      });
      expect(errorsOf(await unknown.up()).join()).toMatch(/the host has no user "nobody-here"/);
      expect(await host.must(`ls -A ${root}`)).toBe("");
    });
  });

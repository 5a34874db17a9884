import { afterEach, describe, expect, test } from "@jest/globals";
import { type Driven, drive, errorsOf, type JailPart } from "../../support/driven";
import { siteOn, walk } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const reason = "the daemon needs it";
const root = "/srv/a jail";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a root that is a file system of its own on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const whole: JailPart = {
      directories: { etc: reason },
      writable: { data: reason },
      devices: { null: reason },
      accounts: { users: { www: reason } },
      mounts: { run: { type: "tmpfs", size: "64k", reason } },
      undeclared: "prune",
      onDelete: "removeCreated",
    };
    const program = (jail: JailPart = whole): Driven => drive(siteOn(host, root), jail);
    const unmount = async () => {
      await host.must(`umount -l '${root}/run' 2>/dev/null; umount -l '${root}' 2>/dev/null; :`);
    };
    const fresh = async () => {
      await unmount();
      await host.must(
        `rm -rf '${root}' /srv/behind /var/lib/pulumi-chroot; mkdir '${root}' /srv/behind; echo '# mine' >/etc/fstab`,
      );
    };
    afterEach(unmount);

    for (const [name, mount] of [
      ["a tmpfs", `mount -t tmpfs -o mode=0755 tmpfs '${root}'`],
      ["a bind", `mount -o bind /srv/behind '${root}'`],
    ] as const)
      test(`${name} is as any other: what is put there, moved away and removed stays on it`, async () => {
        await fresh();
        await host.must(mount);
        expect(await program().up()).toSucceed();
        expect((await program().assess()).plan.differences).toStrictEqual([]);
        await host.must(
          `cd '${root}'; echo x >etc/stray; rm -r etc/passwd dev/null; mkdir dev/sub; echo x >dev/null; mknod mem c 1 1; chmod 0777 etc`,
        );
        const outcomes = await program().up();
        expect(outcomes).toSucceed();
        expect([...(outcomes[0]?.moved?.keys() ?? [])].sort()).toStrictEqual(["dev/sub", "etc/stray", "mem"]);
        expect((await program().assess()).plan.differences).toStrictEqual([]);
        const device = await host.must(`stat -c %d '${root}'`);
        expect(await host.must(`stat -c %d '${root}/.pulumi-chroot'/* '${root}/etc/passwd' | sort -u`)).toBe(device);
        await program().forget("jail");
        // The root is a mount point, so it stays; its contents are moved or removed.
        expect(await host.must(`ls -A '${root}'`)).toBe(".pulumi-chroot\n");
        expect(await host.must("cat /etc/fstab; find /var/lib/pulumi-chroot -name '*.json'")).toBe("# mine\n");
      });

    test("that is read-only is refused where something differs, and nothing is touched", async () => {
      await fresh();
      await host.must(`mount -t tmpfs -o ro,mode=0755 tmpfs '${root}'`);
      expect(errorsOf(await program().up()).join()).toMatch(
        /Jail::jail is refused: .*\(tmpfs\) is mounted ro: nothing can be put right there: mount it rw/,
      );
      expect(await host.must("cat /etc/fstab; find /var/lib/pulumi-chroot -name '*.json'")).toBe("# mine\n");
    });

    test("that runs no programs is refused where the jail has some, and nothing is touched", async () => {
      await fresh();
      await host.must(`mount -t tmpfs -o noexec,mode=0755 tmpfs '${root}'`);
      const below = drive(siteOn(host, `${root}/new`), { binaries: { "/bin/true": reason } });
      expect(errorsOf(await below.up()).join()).toMatch(
        /mounted noexec: programs do not run there: mount it with exec/,
      );
      expect(await host.must(`ls -A '${root}'`)).toBe("");
    });

    test("that is not mounted although fstab has it is refused, and nothing is put into what it hides", async () => {
      await fresh();
      for (const at of ["/srv/a\\040jail", "/srv/a\\040jail/", "/srv"]) {
        await host.must(`printf '# x /srv\\nUUID=1 none swap\\n tmpfs\\t%s tmpfs defaults 0 0\\n' '${at}' >/etc/fstab`);
        const before = walk(host.path(root));
        const path = at === "/srv" ? "/srv" : root;
        const why = `the host's fstab mounts something at ${path}, and nothing is mounted there: mount it, or take the line out of its fstab`;
        expect((await program().report()).host).toBe(`refused: ${why}`);
        expect(errorsOf(await program().up()).join()).toContain(why);
        expect(host.path(root)).toBeUntouched(before);
      }
      await host.must(
        `printf '%s\\n' 'tmpfs /srv/a\\040jail tmpfs mode=0755' >/etc/fstab; mount -t tmpfs -o mode=0755 tmpfs '${root}'`,
      );
      expect(await program().up()).toSucceed();
      await host.must(`umount -l '${root}/run' '${root}'`);
      await expect(program().forget("jail")).rejects.toThrow(
        /is not removed: .*fstab mounts something at .*, and nothing is mounted there\nmount it first/,
      );
      await host.must("find /var/lib/pulumi-chroot -name '*.json' | grep json");
    });
  });

import { describe, expect, test } from "@jest/globals";
import { registryName } from "../../provider/agent/site";
import { driftOf, drive } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** Directories with working names of the product, made while other users than root could write in the jail's root. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`names of ours on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const program = (root: string) =>
      drive(
        siteOn(host, root),
        { directories: { etc: "configuration" } },
        {},
        { conf: { path: "etc/a.conf", content: "a" } },
      );

    for (const [index, [what, make]] of [
      ["the daemon's", "chown -R www:www .pulumi-chroot-staging; chmod 4755 .pulumi-chroot-staging/in/prog"],
      [
        "root's, and looks like what we make",
        "chmod 0711 .pulumi-chroot-staging; chmod 4755 .pulumi-chroot-staging/in/prog",
      ],
    ].entries())
      test(`what is in a directory of that name that is ${what} is seen, and goes to the quarantine`, async () => {
        const root = `/srv/jail${index}`;
        await host.must(`mkdir -p ${root}/etc ${root}/.pulumi-chroot-staging/in; cd ${root}; : >.pulumi-chroot-staging/in/prog
          mknod .pulumi-chroot-staging/in/disk b 7 0; ${make}; chown root:www . etc; chmod 0750 . etc`);
        expect((await driftOf(program(root)))[".pulumi-chroot-staging"] ?? "").toMatch(/ => absent$/);
        expect(await program(root).up()).toSucceed();
        await expect(program(root)).toDrift({});
        expect(
          await host.must(`cd ${root}; ls -A; cat etc/a.conf; stat -c %a .pulumi-chroot; ls .pulumi-chroot/*-0/in`),
        ).toBe(".pulumi-chroot\netc\na700\ndisk\nprog\n");
      });

    for (const [index, [mode, owner]] of [
      ["755", "root"],
      ["755", "www"],
      ["700", "www"],
    ].entries())
      test(`a quarantine that is the daemon's with mode ${mode} is closed for good, in a root that is ${owner}'s`, async () => {
        const root = `/srv/opened${index}`;
        await host.must(`mkdir -p ${root}/etc ${root}/.pulumi-chroot/in; cd ${root}; : >.pulumi-chroot/in/prog
          mknod etc/disk b 7 0; chown -R www:www .pulumi-chroot; chmod 4755 .pulumi-chroot/in/prog; chown ${owner}:www .
          chown root:www etc; chmod 0750 . etc; chmod ${mode} .pulumi-chroot`);
        const drift = await driftOf(program(root));
        expect(drift[".pulumi-chroot"]).toBe(`www 0${mode} => root 0700`);
        expect(await program(root).up()).toSucceed();
        expect(await host.must(`stat -c '%U %a' ${root}/.pulumi-chroot`)).toBe("root 700\n");
        expect(await host.must(`ls ${root}/etc; ls ${root}/.pulumi-chroot | grep -c -- -0`)).toBe("a.conf\n1\n");
        await expect(program(root)).toDrift({});
        // The directory gets another owner again: the script reports the same, and repairs it.
        await host.must(`cd ${root}; chown www .pulumi-chroot; chmod ${mode} .pulumi-chroot`);
        const script = `sh /var/lib/pulumi-chroot/${registryName(root)}/permissions.sh`;
        const { code, stdout } = await host.sh(`${script} --check`);
        expect(code).toBe(1);
        expect(stdout).toMatch(new RegExp(`^.pulumi-chroot: \\d+:\\d+ 0${mode} => 0:\\d+ 0700$`, "m"));
        expect(stdout).not.toMatch(/pulumi-chroot\//);
        await host.must(script);
        expect(await host.must(`stat -c '%U %a' ${root}/.pulumi-chroot`)).toBe("root 700\n");
      });
  });

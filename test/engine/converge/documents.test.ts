import { describe, expect, test } from "@jest/globals";
import { registryName } from "../../../provider/agent/site";
import { drive } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

describe("the documents of a jail with programs", () => {
  let host: LabHost;
  useHost({ accounts: account }, (made) => {
    host = made;
  });

  test("name all that is in it, and are the same whoever writes them last", async () => {
    const reason = "a test";
    const site = siteOn(host, "/srv/full");
    const jail = {
      binaries: { "/usr/bin/ls": "lists", "/usr/bin/env": "starts it" },
      devices: { null: reason },
      accounts: { users: { www: "runs it" }, groups: { www: reason } },
      hostFiles: { hosts: reason },
    };
    const files = { conf: { path: "etc/d.conf", content: "text", hostLink: "/etc/d.conf" } };
    const program = () => drive(site, jail, {}, files);
    const driven = program();
    expect(await driven.up()).toSucceed();
    const told = async () => {
      const documents = ["md", "sh"]
        .map((end) => `/var/lib/pulumi-chroot/${registryName(site.root)}/permissions.${end}`)
        .join(" ");
      return { texts: await host.must(`cat ${documents}`), stamps: await host.must(`stat -c '%i %Z' ${documents}`) };
    };
    const { texts, stamps } = await told();
    for (const row of [
      /^\| `dev\/null` \| character device 1:3, `root:root 0666` \| a test \| `Jail::jail of stack test\/dev` \|$/m,
      /^\| `etc\/d.conf` \| as declared \| a test \| `JailFile::conf of stack test\/dev` \|$/m,
      /^\| `etc\/hosts` \| as the host's `\/etc\/hosts` \| a test \| `Jail::jail of stack test\/dev` \|$/m,
      /^\| `www` \| user \| runs it \|$/m,
      /^\| `usr\/bin\/ls` \| binary \| `\/usr\/bin\/ls`: lists \|$/m,
      /^\| `\S+\/libc.so.6` \| library \| needed by `\/usr\/bin\/env`, `\/usr\/bin\/ls` \|$/m,
      /^\| `\/etc\/d.conf` \| link to `\/srv\/full\/etc\/d.conf` \| a test \| `JailFile::conf of stack test\/dev` \|$/m,
      /^# {3}etc\/passwd: the jail's users: www \(Jail::jail of stack test\/dev\)$/m,
    ])
      expect(texts).toMatch(row);
    const check = () => host.sh(`sh /var/lib/pulumi-chroot/${registryName(site.root)}/permissions.sh --check`);
    expect(await check()).toStrictEqual({ code: 0, stdout: "", stderr: "" });
    await host.must("chmod 0600 /srv/full/dev/null");
    expect((await check()).stderr).toMatch(/^dev\/null: not the device that is declared/);
    await host.must("rm /srv/full/etc/d.conf /srv/full/etc/passwd");
    for (const name of ["conf", "jail"]) {
      expect(await program().up(name)).toSucceed();
      expect(await told()).toStrictEqual({ texts, stamps });
    }
  });

  test("check what a rule holds that is in the registry, and in no program any more", async () => {
    const site = siteOn(host, "/srv/ghost");
    const jail = { directories: { etc: "a test" } };
    expect(await drive(site, jail, { etc: { match: "etc", directoryMode: "0700" } }).up()).toSucceed();
    expect(await drive(site, jail).up()).toSucceed();
    await host.must("chmod 0777 /srv/ghost/etc");
    const checked = await host.sh(`sh /var/lib/pulumi-chroot/${registryName(site.root)}/permissions.sh --check`);
    expect(checked.code).toBe(1);
    expect(checked.stdout).toMatch(/^etc: 0:1033 0777 => 0:1033 0700$/m);
  });

  test("stay as they are when a rule goes while nobody can tell what the programs need", async () => {
    const driven = drive(
      siteOn(host, "/srv/jail"),
      { binaries: { "/usr/bin/ls": "a test" } },
      { etc: { match: "etc" } },
    );
    expect(await driven.up()).toSucceed();
    const records = () => host.must("cd /var/lib/pulumi-chroot/jail-*; ls *.json | wc -l");
    const script = () => host.must("cat /var/lib/pulumi-chroot/jail-*/permissions.sh");
    const before = await script();
    expect(await records()).toBe("2\n");
    await host.replace("/usr/bin/timeout", (own) => `#!/bin/sh\nshift\nexec ${own} 1 "$@"\n`);
    await host.replace("/usr/bin/od", () => "#!/bin/sh\nsleep 3\n");
    await driven.forget("etc");
    await host.restore("/usr/bin/timeout");
    await host.restore("/usr/bin/od");
    expect(await records()).toBe("1\n");
    expect(await script()).toBe(before);
  });
});

import { describe, expect, test } from "@jest/globals";
import { type Driven, drive } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import { scriptCheck } from "../../support/script-check";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`X in a mode that says all else, on a ${flavour} host`, () => {
    const root = "/srv/jail";
    const script = "sh /var/lib/pulumi-chroot/*/permissions.sh";
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must(`mkdir -p ${root}/bin; cd ${root}/bin; touch tool conf 'it is' theirs; chmod 0755 tool 'it is'
        chmod 0644 conf; chmod 0777 theirs; chown www theirs`);
    });
    const program = (): Driven =>
      drive(siteOn(host, root), {
        baseline: { owner: "root", group: "root", fileMode: "u=rwX,go=rX", directoryMode: "0755" },
      });
    // On a host without ACL tools the script reports them as unchecked and does not exit with 0.
    const told = () => scriptCheck(host);
    const modes = () => host.must(`cd ${root}/bin; stat -c '%a %n' *`);
    const declared = "644 conf\n755 it is\n644 theirs\n755 tool\n";

    test("is for root's own programs, and no others", async () => {
      await expect(program()).toDrift({ "bin/theirs": "www:root 0777 => root:root 0644" });
      expect(await program().up()).toSucceed();
      expect(await modes()).toBe(declared);
      await expect(program()).toDrift({});
    });

    test("is decided once: what is changed afterwards is drift, for up and for the script", async () => {
      const change = () => host.must(`cd ${root}/bin; chmod 0755 conf; chmod 0644 tool 'it is'`);
      await change();
      await expect(program()).toDrift({
        "bin/conf": "root:root 0755 => root:root 0644",
        "bin/it is": "root:root 0644 => root:root 0755",
        "bin/tool": "root:root 0644 => root:root 0755",
      });
      expect((await told()).length).toBe(3);
      expect(await program().up()).toSucceed();
      expect(await modes()).toBe(declared);
      expect(await told()).toStrictEqual([]);
      await change();
      await host.sh(script);
      expect(await modes()).toBe(declared);
      await expect(program()).toDrift({});
    });

    test("is decided for a new file when it is first seen, and kept from the next up on", async () => {
      await host.must(`cd ${root}/bin; touch new; chmod 0755 new`);
      await expect(program()).toDrift({});
      expect(await told()).toStrictEqual([]);
      expect(await program().up()).toSucceed();
      await host.must(`cd ${root}/bin; chmod 0644 new`);
      await expect(program()).toDrift({ "bin/new": "root:root 0644 => root:root 0755" });
      expect(await program().up()).toSucceed();
    });
  });

import { describe, expect, test } from "@jest/globals";
import { driftOf, drive, type JailPart } from "../../support/driven";
import { refusalTexts } from "../../support/findings";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import { scriptCheck } from "../../support/script-check";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const root = "/srv/jail";
const script = "/var/lib/pulumi-chroot/jail-*/permissions.sh";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`links in a jail on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const fresh = (commands: string) =>
      host.must(
        `rm -rf ${root} /srv/out /var/lib/pulumi-chroot; mkdir -p ${root} /srv/out /srv/data; chgrp www ${root}; chmod 0750 ${root}
          cd ${root}; umask 027; ${commands}
          chgrp -R www .`,
      );
    const files = {
      key: { path: "var/run/app/session.key", mode: "0600", content: "key" },
      tool: { path: "bin/tool", content: "tool", hostLink: "/etc/app.tool" },
    };
    const jail: JailPart = {
      directories: { "var/run/app": "its sockets" },
      writable: { "var/run": "its PID file" },
      undeclared: "prune",
    };
    const app = () => drive(siteOn(host, root), jail, { pid: { match: "var/run/*.pid", fileMode: "0644" } }, files);

    test("that only root can change lead to where things are declared, for all kinds of declarations", async () => {
      // As the daemon sees them: the jail's root is theirs.
      await fresh(
        "mkdir -p var run usr/bin; ln -s /run var/run; ln -s usr/bin bin; echo 7 >run/app.pid; echo one >run/kept",
      );
      expect(await app().up()).toSucceed();
      await expect(app()).toDrift({});
      expect(
        await host.must(`cd ${root}; find . -path ./.pulumi-chroot -prune -o ! -type l -exec stat -c '%n %a' {} + | sort
          for link in var/run bin /etc/app.tool; do readlink $link; done; cat bin/tool /etc/app.tool`),
      ).toBe(
        [
          ". 750\n./run 770\n./run/app 770\n./run/app.pid 644\n./run/app/session.key 600\n./run/kept 640",
          "./usr 750\n./usr/bin 750\n./usr/bin/tool 640\n./var 750",
          `/run\nusr/bin\n${root}/usr/bin/tool\ntooltool`,
        ].join("\n"),
      );
      expect(await scriptCheck(host)).toStrictEqual([]);
      expect(
        (
          await host.run(["sh", "-c", `chmod 0666 ${root}/run/app.pid; sh ${script}; stat -c %a ${root}/run/app.pid`])
        ).stdout
          .split("\n")
          .at(-2),
      ).toBe("644");
      await app().forget("tool");
      expect(await host.must(`ls -A ${root}/usr/bin ${root}/bin/`)).toBe(`${root}/bin/:\n\n${root}/usr/bin:\n`);
    });

    test("that the daemon has made where it may write are moved away, and others are for people to decide on", async () => {
      await fresh("mkdir -m 0770 data; ln -s /srv/out data/in; chown -h www data/in");
      const inside = drive(siteOn(host, root), {
        writable: { data: "its work" },
        directories: { "data/in": "what comes in" },
      });
      expect(await inside.up()).toSucceed();
      expect(await host.must(`stat -c '%F' ${root}/data/in; ls -A /srv/out`)).toBe("directory\n");
      await host.must(`cd ${root}/data; rmdir in; ln -s /srv/out in`);
      const told = await host.run(["sh", "-c", `sh ${script}`]);
      expect(told.stderr).toMatch(/data\/in: it is a link, and a directory is declared: remove it, or run pulumi up/);
      expect(await host.must(`readlink ${root}/data/in`)).toBe("/srv/out\n");
      await host.must(`chown -h www ${root}/data/in`);
      expect((await host.run(["sh", "-c", `sh ${script}`])).code).toBe(0);
      expect(await host.must(`stat -c '%F' ${root}/data/in; ls -A /srv/out`)).toBe("directory\n");
    });

    test("that up itself makes lead to where files are declared, in its preview too", async () => {
      await fresh("");
      await host.must(
        "rm -rf /opt/app; mkdir -p /opt/app/real; printf '#!/opt/app/bin/sh\\n' >/opt/app/real/tool; ln -s real /opt/app/bin",
      );
      await host.must("cp /bin/busybox /opt/app/real/sh; chmod 0755 /opt/app/real/*");
      const binaries = { "/opt/app/bin/tool": "what it runs" };
      const names = ["opt/app/bin/one", "opt/app/bin/two", "opt/app/bin/sub/three"];
      const more = Object.fromEntries(names.map((path, index) => [`f${index}`, { path, content: path }]));
      const driven = () => drive(siteOn(host, root), { binaries }, {}, more);
      const shown = await driftOf(driven());
      expect(shown["opt/app/bin"]).toBe("absent => link -> real");
      for (const name of ["one", "two", "sub/three"])
        expect(shown[`opt/app/real/${name}`] ?? "").toMatch(/^absent => /);
      const { plan } = await driven().assess();
      expect(refusalTexts(plan)).toStrictEqual([]);
      expect(await driven().up()).toSucceed();
      await expect(driven()).toDrift({});
      expect(await host.must(`cd ${root}/opt/app; cat bin/one real/sub/three`)).toBe(
        "opt/app/bin/oneopt/app/bin/sub/three",
      );
      expect(await scriptCheck(host)).toStrictEqual([]);
    });

    test("lead to where something is mounted", async () => {
      await fresh("mkdir var; ln -s ../srv var/data");
      const mounts = { "var/data": { type: "bind", source: "/srv/data", reason: "pages" } } as const;
      await host.must(": >/etc/fstab; echo page >/srv/data/page");
      const driven = () => drive(siteOn(host, root), { mounts });
      expect(await driven().up()).toSucceed();
      await expect(driven()).toDrift({});
      expect(await host.must(`cat ${root}/srv/page; readlink ${root}/var/data`)).toBe("page\n../srv\n");
      expect(await drive(siteOn(host, root), {}).up()).toSucceed();
      expect(await host.must(`ls ${root}/srv`)).toBe("");
    });
  });

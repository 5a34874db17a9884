import { describe, expect, test } from "@jest/globals";
import { drive, errorsOf, type JailPart } from "../../support/driven";
import { siteOn } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const reason = "the daemon asks for it";
const root = "/srv/jail";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`accounts on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: { ...account, bob: { uid: 1050, gid: 1033 } } }, (made) => {
      host = made;
    });
    const users = { www: reason, bob: reason };
    const jail = (accounts: JailPart["accounts"]) => drive(siteOn(host, root), { accounts });

    test("are those that count for the host, whatever else is in its files", async () => {
      await host.must(`rm -rf ${root}; mkdir ${root}`);
      // Once sshd has such a file it takes no login.
      await jail({ users }).assess();
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
        const { observation } = await jail({ users }).assess();
        expect(observation.principals.uids.get("www")).toBe(1033);
        expect(observation.principals.gids.get("www")).toBe(1033);
        expect(observation.principals.users.get(1033)).toBe("www");
        expect([...observation.principals.uids.keys()].filter((name) => name.length > 4)).toStrictEqual([]);
        const errors = errorsOf(await jail({ users }).up());
        expect(errors).toStrictEqual([]);
        expect(await host.must(`cat ${root}/etc/passwd`)).toBe(
          "bob:x:1050:1033::/:/usr/sbin/nologin\nwww:x:1033:1033::/:/usr/sbin/nologin\n",
        );
      } finally {
        await host.must("cat /root/passwd >/etc/passwd; cat /root/group >/etc/group");
      }
    });
  });

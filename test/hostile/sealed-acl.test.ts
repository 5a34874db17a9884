import assert from "node:assert/strict";
import { test } from "node:test";
import { drive, errorsOf } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** A directory that others than the daemon may write in by its ACL is closed to them too, and opened as it is declared. */
let host: LabHost;
useHost({ accounts: account }, (made) => {
  host = made;
});

/** Who can make a file in a directory, one after the other, as the numbers say. */
const probe = (directory: string) => `for id in 1033 4002 4003; do
  setpriv --reuid $id --regid $id --clear-groups sh -c ': >${directory}/$0-$$' $id 2>/dev/null && printf '%s ' $id; done; echo`;

for (const [what, acl, opened] of [
  ["the declared one, where it is declared", ["user:4002:rwx", "default:user:4002:rx"], "1033 4002 "],
  ["none, where none is declared", undefined, "1033 "],
] as const)
  test(`while a directory is sealed its ACL opens it to nobody; afterwards it has ${what}`, async () => {
    const root = `/srv/jail${opened.length}`;
    await host.must(`mkdir -p ${root}/data/shared; cd ${root}; chown root:www data data/shared; chmod 0770 data data/shared
      chmod 0755 . ; setfacl -m u:4002:rwx,u:4003:rwx,m::rwx,d:u:4003:rwx data/shared; setfacl -m u:4002:x,u:4003:x data
      : >data/shared/held; chmod 4777 data/shared/held`);
    assert.equal(await host.must(probe(`${root}/data/shared`)), "1033 4002 4003 \n", "all of them before");
    const rule = { match: "data/shared", owner: "root", group: "www", directoryMode: "0770" } as const;
    const way = { match: "data", acl: ["user:4002:x", "user:4003:x"] };
    const root_ = { match: ".", directoryMode: "0755" };
    const rules = {
      held: { match: "data/shared/held", fileMode: "0640" },
      shared: { ...rule, ...(acl ? { acl: [...acl] } : { acl: [] }) },
      way,
      root_,
    };
    // The moment in which the agent sets the file's mode is one in which everything above it is closed.
    await host.replace(
      "/usr/bin/chmod",
      (chmod) =>
        `#!/bin/sh\n[ "$1" != 00640 ] || { ${probe(`${root}/data/shared`)}; } >>/run/lab/sealed\nexec ${chmod} "$@"\n`,
    );
    try {
      const errors = errorsOf(await drive(siteOn(host, root), { writable: { data: "uploads" } }, rules).up());
      assert.deepEqual(errors, []);
    } finally {
      await host.restore("/usr/bin/chmod");
    }
    assert.match(await host.must("cat /run/lab/sealed; rm /run/lab/sealed"), /^\n+$/, "nobody while it is closed");
    assert.equal(await host.must(probe(`${root}/data/shared`)), `${opened}\n`);
    const entries = await host.must(`getfacl -cpn ${root}/data/shared | grep -E '(user|group):[0-9]' || :`);
    assert.equal(entries, acl ? "user:4002:rwx\ndefault:user:4002:r-x\n" : "");
  });

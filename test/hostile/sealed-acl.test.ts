import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import { drive, errorsOf } from "../support/driven";
import { siteOn } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** Other users may write in a directory by its ACL. It is closed to them too, and opened again as declared. */
let host: LabHost;
useHost({ accounts: account }, (made) => {
  host = made;
});

/** Tries to make a file in a directory as one user after the other, and prints the numbers that succeed. */
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
      expect(errors).toStrictEqual([]);
    } finally {
      await host.restore("/usr/bin/chmod");
    }
    assert.match(await host.must("cat /run/lab/sealed; rm /run/lab/sealed"), /^\n+$/, "nobody while it is closed");
    expect(await host.must(probe(`${root}/data/shared`))).toBe(`${opened}\n`);
    const entries = await host.must(`getfacl -cpn ${root}/data/shared | grep -E '(user|group):[0-9]' || :`);
    expect(entries).toBe(acl ? "user:4002:rwx\ndefault:user:4002:r-x\n" : "");
  });

test("what is put in place has the ACL of nothing above it, from its first moment", async () => {
  const root = "/srv/inherited";
  await host.must(`mkdir -p ${root}/etc; chown root:www ${root} ${root}/etc; chmod 0750 ${root} ${root}/etc`);
  const shown = 'getfacl -cn "$0" >/run/lab/acl; stat -c %a "$(dirname "$0")" >>/run/lab/acl';
  const file = { path: "etc/key", content: "k", secret: true, validate: ["sh", "-c", shown, "{file}"], timeLimit: 10 };
  const rules = { top: { match: ".", acl: ["default:user:4003:rx"] } };
  expect(await drive(siteOn(host, root), {}, rules).up()).toSucceed();
  expect(await drive(siteOn(host, root), {}, rules, { key: file }).up()).toSucceed();
  expect(await host.must("cat /run/lab/acl")).toBe("user::rw-\ngroup::r--\nother::---\n\n700\n");
});

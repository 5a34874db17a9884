import assert from "node:assert/strict";
import { test } from "node:test";
import { observe } from "../../provider/agent/observe";
import type { Bytes } from "../../provider/model/bytes";
import type { Live } from "../../provider/model/entry";
import type { Step } from "../../provider/plan/steps";
import { hostileNames, makeHostileTree } from "../support/hostile-tree";
import { doSteps, siteOn } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

let host: LabHost;
useHost({}, (made) => {
  host = made;
});

const at = (path: string) => path as Bytes;
const set = (path: string, rest: Partial<Step>): Step => ({ path: at(path), action: "set", ...rest });
const seen = async (root: string, path: string): Promise<Live | undefined> =>
  (await observe(siteOn(host, root))).entries.get(at(path));

test("ACLs and capabilities of hostile names are set on exactly these inodes, and taken away again", async () => {
  await makeHostileTree(host, "/srv/jail");
  const site = siteOn(host, "/srv/jail");
  const outside = "cd /srv/outside; getfacl -R . 2>&1; getcap -r . ; stat -c '%n %Z' . * dir/*";
  const before = await host.must(outside);
  const names = hostileNames.filter((_, index) => index % 2 === 0);
  const acl = ["group::r--", "user:7:rw-"];
  const todo = names.flatMap((name) => [
    set(`names/${name}`, { acl, mode: 0o660, capabilities: "cap_kill=ep" }),
    set(`dirs/${name}`, {
      acl: ["default:group::---", "default:mask::r-x", "default:other::---", "default:user:7:r-x", "default:user::rwx"],
      mode: 0o750,
    }),
  ]);
  assert.deepEqual(await doSteps(site, todo), []);

  const { entries } = await observe(site);
  const changed = [...entries].filter(([, live]) => live.acl ?? live.capabilities);
  assert.deepEqual(changed.map(([path]) => path).sort(), todo.map(({ path }) => path).sort());
  for (const name of names) {
    const file = entries.get(at(`names/${name}`));
    assert.deepEqual([file?.acl, file?.capabilities, file?.mode], [acl, "cap_kill=ep", 0o660], name);
    assert.equal(entries.get(at(`dirs/${name}`))?.acl?.length, 5, name);
  }
  assert.equal(await host.must(outside), before);

  const back = todo.map(({ path, capabilities }) =>
    set(path, { acl: [], mode: 0o640, ...(capabilities === undefined ? {} : { capabilities: "" }) }),
  );
  assert.deepEqual(await doSteps(site, back), []);
  const left = [...(await observe(site)).entries].filter(([, live]) => live.acl ?? live.capabilities);
  assert.deepEqual(
    left.map(([path]) => path),
    [],
  );
});

test("capabilities that are taken away are gone, not an empty set that a program would run with", async () => {
  await host.must("mkdir /srv/gone; cd /srv/gone; : >f; setcap cap_chown,cap_kill=eip f");
  assert.deepEqual(await doSteps(siteOn(host, "/srv/gone"), [set("f", { capabilities: "" })]), []);
  assert.equal(await host.must("getcap /srv/gone/f"), "");
});

test("capabilities of several clauses are set as they are", async () => {
  await host.must("mkdir /srv/clauses; : >/srv/clauses/f");
  const capabilities = "cap_chown=i cap_kill=ip";
  assert.deepEqual(await doSteps(siteOn(host, "/srv/clauses"), [set("f", { capabilities })]), []);
  assert.equal((await seen("/srv/clauses", "f"))?.capabilities, capabilities);
});

test("an ACL is whole, and its mask the mode that comes after it", async () => {
  await host.must(
    "mkdir -m 750 /srv/whole; cd /srv/whole; mkdir d; setfacl -m u:7:rwx,g:8:rwx,d:u:9:rwx d; : >f; setfacl -m m::rwx f",
  );
  const acl = [
    "default:group::r-x",
    "default:mask::r-x",
    "default:other::---",
    "default:user:7:r-x",
    "default:user::rwx",
    "group::r-x",
    "user:10:rwx",
  ];
  await doSteps(siteOn(host, "/srv/whole"), [set("d", { acl, mode: 0o2750 }), set("f", { acl: [], mode: 0o640 })]);
  const [d, f] = [await seen("/srv/whole", "d"), await seen("/srv/whole", "f")];
  assert.deepEqual([d?.acl, d?.mode], [acl, 0o2750]);
  assert.deepEqual([f?.acl, f?.mode], [undefined, 0o640]);
});

test("an ACL is never set through a link that has taken the name of what was looked at", async () => {
  await host.must(
    "mkdir /srv/links; cd /srv/links; : >/srv/links-victim; chmod 600 /srv/links-victim; ln -s /srv/links-victim l; ln -s /srv/outside d",
  );
  const look = "getfacl -c /srv/links-victim /srv/outside 2>/dev/null; getcap /srv/links-victim";
  const before = await host.must(look);
  await doSteps(siteOn(host, "/srv/links"), [
    set("l", { acl: ["group::r--", "user:7:rw-"] }),
    set("d", { acl: ["group::r--", "user:7:rw-"] }),
  ]);
  assert.equal(await host.must(look), before);
});

test("owner, special bits and capabilities come in an order in which all of them last", async () => {
  await host.must("mkdir /srv/order; cd /srv/order; : >f; chown 53 f; chmod 6755 f; setcap cap_kill=ep f");
  const step = set("f", { close: 0o6750, owner: { uid: 0, gid: 53 }, mode: 0o6750, capabilities: "cap_kill=ep" });
  assert.deepEqual(await doSteps(siteOn(host, "/srv/order"), [step]), []);
  const { uid, gid, mode, capabilities } = (await seen("/srv/order", "f")) ?? {};
  assert.deepEqual([uid, gid, mode, capabilities], [0, 53, 0o6750, "cap_kill=ep"]);
});

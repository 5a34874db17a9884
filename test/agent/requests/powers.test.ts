import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import type { Bytes } from "../../../provider/model/bytes";
import type { Live } from "../../../provider/model/entry";
import type { Step } from "../../../provider/plan/steps";
import { observe } from "../../support/connections";
import { hostileNames, makeHostileTree } from "../../support/hostile-tree";
import { doSteps, siteOn } from "../../support/jail-site";
import { perl } from "../../support/perl";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

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
  expect(await doSteps(site, todo)).toStrictEqual([]);

  const { entries } = await observe(site);
  const changed = [...entries].filter(([, live]) => live.acl ?? live.capabilities);
  expect(changed.map(([path]) => path).sort()).toStrictEqual(todo.map(({ path }) => path).sort());
  for (const name of names) {
    const file = entries.get(at(`names/${name}`));
    assert.deepEqual([file?.acl, file?.capabilities, file?.mode], [acl, "cap_kill=ep", 0o660], name);
    assert.equal(entries.get(at(`dirs/${name}`))?.acl?.length, 5, name);
  }
  expect(await host.must(outside)).toBe(before);

  const back = todo.map(({ path, capabilities }) =>
    set(path, { acl: [], mode: 0o640, ...(capabilities === undefined ? {} : { capabilities: "" }) }),
  );
  expect(await doSteps(site, back)).toStrictEqual([]);
  const left = [...(await observe(site)).entries].filter(([, live]) => live.acl ?? live.capabilities);
  expect(left.map(([path]) => path)).toStrictEqual([]);
});

test("capabilities that are taken away are gone, not an empty set that a program would run with", async () => {
  await host.must("mkdir /srv/gone; cd /srv/gone; : >f; setcap cap_chown,cap_kill=eip f");
  expect(await doSteps(siteOn(host, "/srv/gone"), [set("f", { capabilities: "" })])).toStrictEqual([]);
  expect(await host.must("getcap /srv/gone/f")).toBe("");
});

test("capabilities of several clauses are set as they are", async () => {
  await host.must("mkdir /srv/clauses; : >/srv/clauses/f");
  const capabilities = "cap_chown=i cap_kill=ip";
  expect(await doSteps(siteOn(host, "/srv/clauses"), [set("f", { capabilities })])).toStrictEqual([]);
  expect((await seen("/srv/clauses", "f"))?.capabilities).toBe(capabilities);
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
  expect([d?.acl, d?.mode]).toStrictEqual([acl, 0o2750]);
  expect([f?.acl, f?.mode]).toStrictEqual([undefined, 0o640]);
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
  expect(await host.must(look)).toBe(before);
});

test("owner, special bits and capabilities come in an order in which all of them last", async () => {
  await host.must("mkdir /srv/order; cd /srv/order; : >f; chown 53 f; chmod 6755 f; setcap cap_kill=ep f");
  const step = set("f", { close: 0o6750, owner: { uid: 0, gid: 53 }, mode: 0o6750, capabilities: "cap_kill=ep" });
  expect(await doSteps(siteOn(host, "/srv/order"), [step])).toStrictEqual([]);
  const { uid, gid, mode, capabilities } = (await seen("/srv/order", "f")) ?? {};
  expect([uid, gid, mode, capabilities]).toStrictEqual([0, 53, 0o6750, "cap_kill=ep"]);
});

/** Writes security.capability itself (linux/capability.h): setcap knows only the capabilities of its libcap. */
const write = `use strict; my ($path, @words) = @ARGV;
  my ($name, $value) = ("security.capability", pack("V*", map { hex } @words));
  syscall(188, $path, $name, $value, length $value, 0) == 0 or die $!`;
const capability = (path: string, ...words: string[]) => perl(write, host.path(path), ...words);

test("capabilities that have no name, or are for another user namespace, are seen and taken away", async () => {
  await host.must("mkdir /srv/strange; cd /srv/strange; : >unnamed; : >all; : >namespace");
  capability("/srv/strange/unnamed", "02000001", "80", "0", "80000000", "0");
  capability("/srv/strange/all", "02000001", "ffffffff", "0", "ffffffff", "0");
  capability("/srv/strange/namespace", "03000001", "80", "0", "0", "0", "3e8");
  const { entries } = await observe(siteOn(host, "/srv/strange"));
  expect(entries.get(at("unnamed"))?.capabilities).toBe("cap_setuid,63=ep");
  expect(entries.get(at("all"))?.capabilities ?? "").toMatch(/^41,.*63=ep =ep$/);
  expect(entries.get(at("namespace"))?.capabilities).toBe("cap_setuid=ep [rootid=1000]");
  const away = ["unnamed", "all", "namespace"].map((path) => set(path, { capabilities: "" }));
  expect(await doSteps(siteOn(host, "/srv/strange"), away)).toStrictEqual([]);
  expect(await host.must("getcap -n /srv/strange/*")).toBe("");
});

test("a getcap that knows no -n is asked without it", async () => {
  await host.must("mkdir /srv/old; : >/srv/old/f; setcap cap_kill=ep /srv/old/f");
  await host.replace(
    "/usr/sbin/getcap",
    (getcap) => `#!/bin/sh
case "$1" in -n) echo "getcap: invalid option -- 'n'" >&2; echo 'usage: getcap [-v] [-r]' >&2; exit 1 ;; esac
exec ${getcap} "$@"\n`,
  );
  expect((await seen("/srv/old", "f"))?.capabilities).toBe("cap_kill=ep");
  await host.restore("/usr/sbin/getcap");
});

for (const [tool, said, told] of [
  ["/usr/sbin/getcap", "Failed to get capabilities of file './/f' (Invalid argument)", "Invalid argument"],
  ["/usr/bin/getfacl", "getfacl: .//f: Permission denied", "Permission denied"],
] as const)
  test(`a file that ${tool} cannot read is unread, and never one without`, async () => {
    await host.must("mkdir -p /srv/unread; : >/srv/unread/f");
    await host.replace(tool, (original) => `#!/bin/sh\n${original} "$@"\necho "${said}" >&2\nexit 1\n`);
    expect((await seen("/srv/unread", "f"))?.unread).toStrictEqual({ problem: "unreadable", told });
    expect((await seen("/srv/unread", "."))?.unread).toBe(undefined);
    await host.restore(tool);
  });

test("a find whose lines nobody understands is an error", async () => {
  await host.replace("/usr/bin/find", (find) => `#!/bin/sh\n${find} "$@"\nprintf 'f 644 root root .//x\\0\\0'\n`);
  await expect(seen("/srv/unread", "f")).rejects.toThrow(/find prints a line that is not understood: f 644 root root/);
  await host.restore("/usr/bin/find");
});

import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { dropRecords, putRecords } from "../../provider/agent/apply";
import { lockRegistry, observe, withAgent } from "../../provider/agent/observe";
import { withNames } from "../../provider/agent/principals";
import { registryName, type Site } from "../../provider/agent/site";
import { ChrootError } from "../../provider/errors";
import type { RegistryRecord } from "../../provider/intent/declaration";
import { change, siteOn } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

let host: LabHost;
let machine = "";
let count = 0;
useHost({}, async (made) => {
  host = made;
  machine = (await host.must("cat /etc/machine-id")).trim();
});

/** A root that no other test has. */
async function freshSite(): Promise<{ site: Site; registry: string }> {
  const root = `/srv/jail${++count}`;
  await host.must(`mkdir ${root}`);
  return { site: siteOn(host, root, { perDialTimeout: 4 }), registry: `/var/lib/pulumi-chroot/${registryName(root)}` };
}

const tokenOf = (name: string) => name.padStart(32, "0");

function recordOf(name: string, args: Record<string, unknown> = {}): RegistryRecord {
  const token = tokenOf(name);
  return { schema: 1, kind: "PermissionRule", token, label: `PermissionRule::${token}`, stack: "p/s", machine, args };
}

const reason = "it's \"quoted\" `touch /pwned` $(touch /pwned) \\n %s\n\t\0\x1b[2J gärten 🏰 \u202e \u2028 'x' ".repeat(
  2000,
);

test("records come back as they were written, whatever is in them", async () => {
  const { site, registry } = await freshSite();
  const records = [recordOf("aa", { reason, match: "*", except: ["\\*", "caf\xe9"] }), recordOf("bb"), recordOf("cc")];
  await change(site, (agent) => putRecords(agent, site, records));
  const seen = await observe(site);
  assert.deepEqual([seen.records, seen.damaged], [records, []]);
  assert.equal((await host.sh("ls /pwned")).code, 2);
  assert.equal(await host.must(`stat -c '%u:%g %a' ${registry} ${registry}/*`), `0:0 700\n${"0:0 600\n".repeat(3)}`);

  await change(site, (agent) => putRecords(agent, site, [recordOf("bb", { reason: "another" })]));
  assert.deepEqual((await observe(site)).records[1]?.args, { reason: "another" });
  await change(site, (agent) => dropRecords(agent, site, [tokenOf("bb"), tokenOf("none")]));
  assert.deepEqual((await observe(site)).records, [records[0], records[2]]);
  await change(site, (agent) => dropRecords(agent, site, [tokenOf("aa"), tokenOf("cc")]));
  assert.equal((await host.sh(`ls -d ${registry}`)).code, 2, "nothing stays with no record in it");
});

test("a record that cannot be read does not hide the others, and is named", async () => {
  const { site, registry } = await freshSite();
  await change(site, (agent) => putRecords(agent, site, [recordOf("a0")]));
  const later = recordOf("1a");
  const misplaced = recordOf("2a");
  writeFileSync(host.path(`${registry}/broken.json`), '{"schema": 1,');
  writeFileSync(host.path(`${registry}/${later.token}.json`), JSON.stringify({ ...later, schema: 2 }));
  writeFileSync(host.path(`${registry}/misplaced.json`), JSON.stringify(misplaced));
  writeFileSync(host.path(`${registry}/other.txt`), "not a record");
  const { records, damaged } = await observe(site);
  assert.deepEqual(records, [recordOf("a0")]);
  const found = damaged.map(({ file, why }) => `${file} ${why}`).sort();
  assert.deepEqual(found, [
    `${later.token}.json was written by a later release of pulumi-chroot: use that release`,
    "broken.json is not JSON",
    "misplaced.json is not a record",
  ]);
});

test("records that were copied from another machine do not count, and are named", async () => {
  const { site } = await freshSite();
  const foreign = { ...recordOf("aa"), machine: "another" };
  await change(site, (agent) => putRecords(agent, site, [foreign, recordOf("bb")]));
  const { records, damaged } = await observe(site);
  assert.deepEqual(records, [recordOf("bb")]);
  assert.equal(damaged[0]?.file, `${foreign.token}.json`);
  assert.match(damaged[0]?.why ?? "", /PermissionRule::0*aa .*another machine/);
});

test("a registry that others than root could have written is refused, for a look and for a change", async () => {
  const { site, registry } = await freshSite();
  await change(site, (agent) => putRecords(agent, site, [recordOf("aa")]));
  const spoil: [string, string, RegExp][] = [
    [`chmod 0755 ${registry}`, `chmod 0700 ${registry}`, /-[0-9a-f]{12} is root:root 755, not root's 0700/],
    [`chown 3990 ${registry}`, `chown 0 ${registry}`, /-[0-9a-f]{12} is UNKNOWN:root 700/],
    ["chmod 0770 /var/lib/pulumi-chroot", "chmod 0700 /var/lib/pulumi-chroot", /chroot is root:root 770/],
    [
      `mv ${registry} /srv/moved; ln -s /srv/moved ${registry}`,
      `rm ${registry}; mv /srv/moved ${registry}`,
      /777, not/,
    ],
  ];
  for (const [damage, repair, why] of spoil) {
    await host.must(damage);
    const refused = (error: unknown) => {
      assert.ok(error instanceof ChrootError);
      assert.match(error.message, /^cannot read the registry: root@127\.0\.0\.1:\d+:\/srv\/jail\d+: /, damage);
      assert.match(error.message, why, damage);
      return true;
    };
    await assert.rejects(observe(site), refused);
    await assert.rejects(
      withAgent(site, (agent) => lockRegistry(agent, site, "-x")),
      refused,
    );
    await host.must(repair);
  }
  assert.equal((await observe(site)).records.length, 1);
});

test("records of one root are not those of another with the same name", async () => {
  await host.must("mkdir -p /srv/a/named /srv/b/named");
  const [one, other] = [siteOn(host, "/srv/a/named"), siteOn(host, "/srv/b/named")];
  await change(one, (agent) => putRecords(agent, one, [recordOf("aa")]));
  assert.equal((await observe(other)).records.length, 0);
  const names = readdirSync(host.path("/var/lib/pulumi-chroot")).filter((name) => name.startsWith("named-"));
  assert.equal(names.length, 1);
});

test("names that only a directory service has are asked for, and only those", async () => {
  const { site } = await freshSite();
  await host.replace(
    "/usr/bin/getent",
    () => `#!/bin/sh
echo "$*" >>/run/lab/asked
case $*:$# in
  'passwd ldap.user@corp:2') echo 'ldap.user@corp:*:70001:70002:Somebody:/:/bin/sh' ;;
  'group domain\\users:2' | 'group ldapgroup:2') echo 'ldapgroup:*:70003:a,b' ;;
  *) exit 2 ;;
esac\n`,
  );
  const observation = await observe(site);
  const users = ["root", "ldap.user@corp", "nobody-knows", "1234", "ldap.user@corp"];
  const named = await withNames(observation, { users, groups: ["ldapgroup"] }, (ask) => withAgent(site, ask));
  await host.restore("/usr/bin/getent");
  const { uids, gids, users: byId } = named.principals;
  assert.deepEqual([uids.get("ldap.user@corp"), uids.get("nobody-knows"), uids.get("root")], [70001, undefined, 0]);
  assert.deepEqual([gids.get("ldapgroup"), byId.get(70001), byId.get(0)], [70003, "ldap.user@corp", "root"]);
  const asked = (await host.must("cat /run/lab/asked")).trim().split("\n").sort();
  assert.deepEqual(asked, ["group ldapgroup", "passwd ldap.user@corp", "passwd nobody-knows"]);
  assert.equal(
    await withNames(observation, { users: ["root"], groups: ["0"] }, () => assert.fail("nobody is asked")),
    observation,
  );
});

import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { withNames } from "../../../provider/agent/requests/directory-service";
import { registriesOfHost } from "../../../provider/agent/requests/host-registries";
import { exposedOn } from "../../../provider/agent/requests/launch";
import { dropRecords, lockRegistry, putRecords } from "../../../provider/agent/requests/registry";
import { ChrootError } from "../../../provider/errors";
import { observe, withAgent } from "../../support/connections";
import { change, siteOn } from "../../support/jail-site";
import { tokenOf, useRegistryHost } from "../../support/registry-host";
import type { LabHost } from "../../support/sshd";

let host: LabHost;
const { freshRoot, recordOf } = useRegistryHost((made) => {
  host = made;
});

const reason = "it's \"quoted\" `touch /pwned` $(touch /pwned) \\n %s\n\t\0\x1b[2J gärten 🏰 \u202e \u2028 'x' ".repeat(
  2000,
);

test("records come back as they were written, whatever is in them", async () => {
  const { site, registry } = await freshRoot();
  const records = [recordOf("aa", { reason, match: "*", except: ["\\*", "caf\xe9"] }), recordOf("bb"), recordOf("cc")];
  await change(site, (agent) => putRecords(agent, records));
  const seen = await observe(site);
  expect([seen.records, seen.damaged]).toStrictEqual([records, []]);
  expect((await host.sh("ls /pwned")).code).toBe(2);
  expect(await host.must(`stat -c '%u:%g %a' ${registry} ${registry}/*`)).toBe(`0:0 700\n${"0:0 600\n".repeat(3)}`);

  await change(site, (agent) => putRecords(agent, [recordOf("bb", { reason: "another" })]));
  expect((await observe(site)).records[1]?.args).toStrictEqual({ reason: "another" });
  await change(site, (agent) => dropRecords(agent, [tokenOf("bb"), tokenOf("none")]));
  expect((await observe(site)).records).toStrictEqual([records[0], records[2]]);
  await change(site, (agent) => dropRecords(agent, [tokenOf("aa"), tokenOf("cc")]));
  assert.equal((await host.sh(`ls -d ${registry}`)).code, 2, "nothing stays with no record in it");
});

test("a record that cannot be read does not hide the others, and is named", async () => {
  const { site, registry } = await freshRoot();
  await change(site, (agent) => putRecords(agent, [recordOf("a0")]));
  const later = recordOf("1a");
  const misplaced = recordOf("2a");
  writeFileSync(host.path(`${registry}/broken.json`), '{"schema": 1,');
  writeFileSync(host.path(`${registry}/${later.token}.json`), JSON.stringify({ ...later, schema: 2 }));
  writeFileSync(host.path(`${registry}/misplaced.json`), JSON.stringify(misplaced));
  writeFileSync(host.path(`${registry}/other.txt`), "not a record");
  const { records, damaged } = await observe(site);
  expect(records).toStrictEqual([recordOf("a0")]);
  const found = damaged.map(({ file, why }) => `${file} ${why.problem}`).sort();
  expect(found).toStrictEqual([`${later.token}.json later-release`, "broken.json no-json", "misplaced.json no-record"]);
});

test("what is no file costs only itself, and so do more records than one command takes", async () => {
  const { site, registry } = await freshRoot();
  await change(site, (agent) => putRecords(agent, [recordOf("bb")]));
  await host.must(`cd ${registry}; mkfifo 0.json f.json; mkdir e.json ../other; mkfifo ../other/0.json
    seq -f '%0200.0f.json' 1 9000 | xargs touch`);
  const { records, damaged } = await observe(site);
  expect(records).toStrictEqual([recordOf("bb")]);
  const odd = damaged.filter(({ why }) => why.problem === "no-file").map(({ file }) => file);
  expect(odd).toStrictEqual(["0.json", "e.json", "f.json"]);
  expect(damaged.length).toBe(9000 + odd.length);
  await withAgent(site, async (agent) => {
    await registriesOfHost(agent);
    expect((await exposedOn(agent, "")).roots.length).toBeGreaterThanOrEqual(0);
  });
});

test("records that were copied from another machine do not count, and are named", async () => {
  const { site } = await freshRoot();
  const foreign = { ...recordOf("aa"), machine: "another" };
  await change(site, (agent) => putRecords(agent, [foreign, recordOf("bb")]));
  const { records, damaged } = await observe(site);
  expect(records).toStrictEqual([recordOf("bb")]);
  expect(damaged[0]?.file).toBe(`${foreign.token}.json`);
  expect(damaged[0]?.why).toStrictEqual({ problem: "other-machine", label: foreign.label });
});

test("a registry that users other than root could have written is refused, for a look and for a change", async () => {
  const { site, registry } = await freshRoot();
  await change(site, (agent) => putRecords(agent, [recordOf("aa")]));
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
      withAgent(site, (agent) => lockRegistry(agent, "-x")),
      refused,
    );
    await host.must(repair);
  }
  expect((await observe(site)).records.length).toBe(1);
});

test("records of one root are not those of another with the same name", async () => {
  await host.must("mkdir -p /srv/a/named /srv/b/named");
  const [one, other] = [siteOn(host, "/srv/a/named"), siteOn(host, "/srv/b/named")];
  await change(one, (agent) => putRecords(agent, [recordOf("aa")]));
  expect((await observe(other)).records.length).toBe(0);
  const names = readdirSync(host.path("/var/lib/pulumi-chroot")).filter((name) => name.startsWith("named-"));
  expect(names.length).toBe(1);
});

test("names that only a directory service has are asked for, and only those", async () => {
  const { site } = await freshRoot();
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
  expect([uids.get("ldap.user@corp"), uids.get("nobody-knows"), uids.get("root")]).toStrictEqual([70001, undefined, 0]);
  expect([gids.get("ldapgroup"), byId.get(70001), byId.get(0)]).toStrictEqual([70003, "ldap.user@corp", "root"]);
  await host.replace("/usr/bin/getent", () => "#!/bin/sh\nexec sleep 1000\n");
  await expect(
    withNames(observation, { users: ["slow", "slower"], groups: [] }, (ask) => withAgent(siteOn(host, site.root), ask)),
  ).rejects.toThrow(/directory service does not answer within 5 s \(getent passwd slow\)/);
  await host.restore("/usr/bin/getent");
  const asked = (await host.must("cat /run/lab/asked")).trim().split("\n").sort();
  expect(asked).toStrictEqual(["group ldapgroup", "passwd ldap.user@corp", "passwd nobody-knows"]);
  expect(await withNames(observation, { users: ["root"], groups: ["0"] }, () => assert.fail("nobody is asked"))).toBe(
    observation,
  );
});

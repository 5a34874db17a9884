import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { assertJailed, bound, inodes, undisturbed } from "../support/daemon";
import { ok, shownDrift } from "../support/e2e";
import { entriesOf, walk } from "../support/jail-site";
import { named, rndcKey, root, useNamed } from "../support/named-server";
import { writableDirectories } from "../support/writable";

/** A permission script that an admin wrote by hand, command by command, but for its directory. */
const seedScript = `
# by default, root owns /everything/ and only root can write
# but directories have to be executable too.
chown -R root.named .
find . -print | xargs chmod u=rw,og=r # *all* files
find . -type d -print | xargs chmod u=rwx,og=rx # directories
# the "secondaries" directory is where we park files from
# master nameservers, and named needs to be able to update
# these files and create new ones.
find conf/secondaries -type f -print | xargs chown named.named
find conf/secondaries -type f -print | xargs chmod ug=r,o=
chown root.named conf/secondaries
chmod ug=rwx,o= conf/secondaries
# the var/run business is for the PID file
chown root.root var
chmod u=rwx,og=x var
chown root.named var/run
chmod ug=rwx,o=rx var/run
`;
describe("named in the jail of examples/named", () => {
  const { example, ports, serve, dig, answersRight } = useNamed();

  test("up gives the tree just the owners and modes that the seed's script gives a copy of it", async () => {
    const { host, stack } = example;
    await host.must("mkdir -p /srv/script; cp -a /chroot/named /srv/script");
    const script = await host.must(`cd /srv/script/named && set -e && ${seedScript}`);
    expect(script).toBe("");
    ok(await stack.up());
    const plain = (root: string) =>
      entriesOf(walk(host.path(root))).map(
        ([path, { type, uid, gid, mode }]) => `${path} ${type} ${uid}:${gid} ${mode.toString(8)}`,
      );
    const wanted = plain("/srv/script/named");
    // The script leaves one difference: GNU chmod keeps the setgid bit of a directory unless it gets five digits.
    const [left = ""] = wanted.splice(
      wanted.indexOf("lib/deep directory 0:1053 2755"),
      1,
      "lib/deep directory 0:1053 755",
    );
    expect(left).toBe("lib/deep directory 0:1053 2755");
    expect(plain("/chroot/named")).toStrictEqual(wanted);
    expect(wanted.length).toBe(18);
  });

  test("with a key for rndc the files are declared too: accepted, put in place, and linked from the host", async () => {
    const { host, stack } = example;
    ok(await stack.pulumi("config", "set", "--secret", "rndcKey", rndcKey));
    const preview = ok(await stack.preview("--diff"));
    expect(shownDrift(preview, "named.conf", "create")?.["etc/named.conf"] ?? "").toMatch(
      /^sha256:\w+.* => sha256:\w+/,
    );
    expect(shownDrift(preview, "named.conf", "create")?.["/etc/named.conf"]).toBe(
      `absent => link -> ${root}/etc/named.conf`,
    );
    const up = ok(await stack.up());
    expect(up).toContain(
      `root@127.0.0.1:${host.port}:/etc/named.conf was absent, is now link -> ${root}/etc/named.conf`,
    );
    for (const text of [preview, up, stack.stateText()]) assert.ok(!text.includes(rndcKey), "the key is a secret");
    expect(await host.must(`cd ${root} && stat -c '%n %U:%G %a' etc/* conf/*.zone && readlink /etc/named.conf`)).toBe(
      `etc/named.conf root:named 644\netc/rndc.key root:named 640\nconf/example.com.zone root:named 644\n${root}/etc/named.conf\n`,
    );
    expect(await host.must("cat /etc/named.conf")).toBe(readFileSync(join(stack.directory, "named.conf"), "utf8"));
    assert.equal((await host.sh("cat /run/rndc")).stdout, "", "there is no named yet that could be told");
    ok(await stack.preview("--expect-no-changes"));
  });

  test("named starts with its own -t, drops root, may write where it is declared, and answers", async () => {
    const { host, stack } = example;
    await serve();
    expect(await dig("www.example.com", "A")).toBe("192.0.2.80");
    const serving = bound(host, "udp", ports.dns);
    expect(serving.length).toBe(1);
    assertJailed(serving[0], root, named);
    const { writable } = stack.resource("named").inputs as { writable: Record<string, string> };
    expect(writableDirectories(host, root, named)).toStrictEqual(Object.keys(writable).sort());
  });

  test("what named writes where it may is no drift", async () => {
    expect(await example.host.must(`ls ${root}/var/run`)).toMatch(/^named\.pid$/m);
    ok(await example.stack.preview("--expect-no-changes"));
  });

  test("up with nothing to do is noticed by no client and touches no inode", async () => {
    const { host, stack } = example;
    const before = inodes(host, root);
    const asked = await undisturbed(answersRight, async () => ok(await stack.up("--expect-no-changes")));
    assert.ok(asked > 10, `only ${asked} requests`);
    expect(inodes(host, root)).toStrictEqual(before);
    expect((await host.sh("cat /run/rndc")).stdout).toBe("");
  });
});

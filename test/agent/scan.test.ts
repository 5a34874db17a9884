import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { Agent } from "../../provider/agent/agent";
import { enter, look, observe, withAgent } from "../../provider/agent/observe";
import { readScan } from "../../provider/agent/scan";
import { ChrootError } from "../../provider/errors";
import type { Bytes } from "../../provider/model/bytes";
import { open } from "../../provider/ssh/host";
import { below, hostileNames, makeHostileTree, splitName } from "../support/hostile-tree";
import { entriesOf, siteOn, walk } from "../support/jail-site";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

let host: LabHost;
useHost({}, (made) => {
  host = made;
});

test("a scan gives every entry of a hostile tree exactly, byte by byte", async () => {
  await makeHostileTree(host, "/srv/jail");
  const { entries, mounts } = await observe(siteOn(host, "/srv/jail"));
  const real = walk(host.path("/srv/jail"));
  assert.deepEqual(entriesOf(entries), entriesOf(real));
  assert.deepEqual(mounts, []);
  for (const name of hostileNames) {
    assert.equal(entries.get(`names/${name}` as Bytes)?.type, "file");
    assert.equal(entries.get(`dirs/${name}/${name}` as Bytes)?.type, "file");
  }
  assert.equal(entries.get(splitName)?.type, "file");
  const types = [...entries.values()].map(({ type }) => type);
  for (const type of ["fifo", "socket", "character device", "block device", "link"] as const)
    assert.ok(types.includes(type), type);
  assert.equal(entries.get("kinds/special" as Bytes)?.mode, 0o4755);
  assert.equal(entries.get("kinds/outside-name" as Bytes)?.links, 2);
  assert.equal(entries.get("kinds/target" as Bytes)?.target, "caf\xe9\n -> ");
});

test("a tree that is too large to be a jail's is given up, not kept in memory, and the connection goes on", async () => {
  const site = siteOn(host, "/srv/endless");
  await host.must("mkdir /srv/endless; cd /srv/endless; seq 20000 | xargs touch");
  const agent = new Agent(await open(site.connection, Agent.command(site.connection.become)), { limit: 500_000 });
  await assert.rejects(look(agent, site), /cannot scan the jail.*too long to be one of a jail/s);
  await assert.rejects(agent.request("look"), /too long/);
  agent.close();
  host.resetCounts();
  assert.equal((await observe(site)).entries.size, 20_001);
  assert.equal(host.connections(), 0, "the same connection serves");
});

test("a scan changes nothing, neither in the tree nor in the registry", async () => {
  const before = walk(host.path("/srv"));
  await observe(siteOn(host, "/srv/jail"));
  assert.deepEqual(walk(host.path("/srv")), before);
  assert.equal((await host.sh("ls /var/lib/pulumi-chroot")).code, 2);
});

test("a root whose own name is hostile is scanned, and its mount points are found", async () => {
  const root = "/srv/a [b]*?\\ 'c' 1";
  await host.must('mkdir -p "$ROOT/in/m"; mount -t tmpfs none "$ROOT/in/m"; : >"$ROOT/in/m/not-seen"', {
    env: { ROOT: root },
  });
  const { entries, mounts } = await observe(siteOn(host, root));
  assert.deepEqual([...entries.keys()].sort(), [".", "in"]);
  assert.deepEqual(mounts, ["in/m"]);
});

const mountNames = [
  "plain",
  "with space",
  "space 1 and 077",
  "tab\t1",
  "new\nline",
  "new\n7",
  "ends in newline\n",
  "bra[ck]et",
  "*",
  "what?",
  "back\\slash",
  "back\\040slash",
  "#5",
  "it's",
  "caf\xe9",
  "-name",
];

for (const kind of ["a bind mount of the same file system", "a file system of its own"] as const) {
  test(`${kind} is reported and left out with all that is below it, whatever its name`, async () => {
    const root = kind.startsWith("a bind") ? "/srv/binds" : "/srv/tmpfs";
    await host.must(`mkdir -p ${root} /srv/elsewhere; : >/srv/elsewhere/not-seen`);
    for (const name of mountNames) {
      mkdirSync(below(host, root, name));
      // What the name would match as a pattern, or would be cut to, must stay in the scan.
      writeFileSync(below(host, root, `${name}.beside`), "");
    }
    mkdirSync(below(host, root, "bracet"));
    mkdirSync(below(host, root, "whatX"));
    const mount = kind.startsWith("a bind") ? ["mount", "--bind", "/srv/elsewhere"] : ["mount", "-t", "tmpfs", "none"];
    // Through a NUL list: an argument of a Node child process is UTF-8, and one of the names is not.
    const list = Buffer.from(mountNames.map((name) => `./${name}\0`).join(""), "latin1");
    const { code, stderr } = await host.run(["xargs", "-0", "-n", "1", ...mount], { stdin: list, cwd: root });
    assert.equal(code, 0, stderr);

    const { entries, mounts } = await observe(siteOn(host, root));
    assert.deepEqual([...mounts].sort(), [...mountNames].sort());
    const real = walk(host.path(root), (path) => mountNames.includes(path));
    assert.deepEqual(entriesOf(entries), entriesOf(real));
  });
}

test("entries that vanish while find walks are no trouble, what stays is exact", async () => {
  await host.must(`mkdir /srv/vanish; cd /srv/vanish; mkdir -p stay/here
    for n in $(seq 1000); do mkdir "$(printf '%0200d\nx' $n)"; done`);
  // The pipe fills up long before find has looked at all directories; then most of them go.
  await host.replace(
    "/usr/bin/find",
    (find) => `#!/bin/sh
case $* in *%p*) ;; *) exec ${find} "$@" ;; esac
{ ${find} "$@"; echo $? >/run/lab/find-status; } | { dd bs=1 count=1 2>/dev/null; rm -rf /srv/vanish/0*; cat; }
exit "$(cat /run/lab/find-status)"\n`,
  );
  const { entries } = await observe(siteOn(host, "/srv/vanish"));
  await host.restore("/usr/bin/find");
  assert.equal(await host.must("cat /run/lab/find-status"), "1\n", "find has met what vanished");
  const names = [...entries.keys()].filter((path) => !path.startsWith("0"));
  assert.deepEqual(names.sort(), [".", "stay", "stay/here"]);
  assert.ok(entries.size < 1003, `${entries.size} entries`);
});

test("what find cannot read is an error that says so, never a shorter tree", async () => {
  await host.replace(
    "/usr/bin/find",
    (find) => `#!/bin/sh\n${find} "$@"\necho "find: './\x1b[2Jx': Input/output error" >&2\nexit 1\n`,
  );
  await assert.rejects(observe(siteOn(host, "/srv/vanish")), (error: ChrootError) => {
    assert.equal(error.code, "unreadable");
    assert.match(error.message, /:\/srv\/vanish: .*\\x1b\[2Jx.*Input\/output error/);
    return true;
  });
  await host.restore("/usr/bin/find");
});

test("without a list of mount points nothing is scanned", async () => {
  const site = siteOn(host, "/srv/vanish");
  await withAgent(site, async (agent) => {
    // Goes away when the agent is there: sshd needs it for its own work.
    await host.must("mount -t tmpfs none /proc");
    try {
      await assert.rejects(look(agent, site), (error: unknown) => error instanceof ChrootError);
    } finally {
      await host.must("umount /proc");
    }
  });
});

test("a list that nobody told of fails the scan: the process that was to tell it has died", async () => {
  const site = siteOn(host, "/srv/jail");
  const whole = await withAgent(site, async (agent) => {
    await enter(agent, site.root);
    return agent.request("scan");
  });
  assert.ok(readScan(whole, site).entries.size > 1);
  for (const name of ["entries", "getfacl", "getcap"]) {
    const lists = new Map([...whole.lists].filter(([list]) => list !== name));
    assert.throws(() => readScan({ ...whole, lists }, site), /a process was killed/, name);
  }
});

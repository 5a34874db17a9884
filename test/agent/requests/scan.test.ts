import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { Agent } from "../../../provider/agent/channel/agent";
import { LeftOut } from "../../../provider/agent/channel/left-out";
import { agentCommand } from "../../../provider/agent/channel/start";
import { enter } from "../../../provider/agent/requests/enter";
import { look } from "../../../provider/agent/requests/observe";
import { readScan } from "../../../provider/agent/requests/scan";
import { ChrootError } from "../../../provider/errors";
import type { Bytes } from "../../../provider/model/bytes";
import { connections, observe, withAgent } from "../../support/connections";
import { below, hostileNames, makeHostileTree, splitName } from "../../support/hostile-tree";
import { entriesOf, siteOn, walk } from "../../support/jail-site";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

let host: LabHost;
useHost({}, (made) => {
  host = made;
});

test("a scan gives every entry of a hostile tree exactly, byte by byte", async () => {
  await makeHostileTree(host, "/srv/jail");
  const { entries, mounts } = await observe(siteOn(host, "/srv/jail"));
  const real = walk(host.path("/srv/jail"));
  expect(entriesOf(entries)).toStrictEqual(entriesOf(real));
  expect(mounts).toStrictEqual([]);
  for (const name of hostileNames) {
    expect(entries.get(`names/${name}` as Bytes)?.type).toBe("file");
    expect(entries.get(`dirs/${name}/${name}` as Bytes)?.type).toBe("file");
  }
  expect(entries.get(splitName)?.type).toBe("file");
  const types = [...entries.values()].map(({ type }) => type);
  for (const type of ["fifo", "socket", "character device", "block device", "link"] as const)
    assert.ok(types.includes(type), type);
  expect(entries.get("kinds/special" as Bytes)?.mode).toBe(0o4755);
  expect(entries.get("kinds/outside-name" as Bytes)?.links).toBe(2);
  expect(entries.get("kinds/target" as Bytes)?.target).toBe("caf\xe9\n -> ");
});

test("a tree that is too large to be a jail's is given up, not kept in memory, and the connection goes on", async () => {
  const site = siteOn(host, "/srv/endless");
  await host.must("mkdir /srv/endless; cd /srv/endless; seq 20000 | xargs touch");
  const leftOut = new LeftOut({ bytes: 500_000 });
  const agent = new Agent(await connections.open(site.connection, agentCommand(site.connection.become)), site, {
    leftOut,
  });
  await expect(look(agent)).rejects.toThrow(
    /cannot scan the jail.*too large for one look.*\. has [0-9,]+ names below it/s,
  );
  await expect(agent.request("look")).rejects.toThrow(/too large/);
  agent.close();
  host.resetCounts();
  expect((await observe(site)).entries.size).toBe(20_001);
  assert.equal(host.connections(), 0, "the same connection serves");
});

test("a scan changes nothing, neither in the tree nor in the registry", async () => {
  const before = walk(host.path("/srv"));
  await observe(siteOn(host, "/srv/jail"));
  expect(host.path("/srv")).toBeUntouched(before);
  expect((await host.sh("ls /var/lib/pulumi-chroot")).code).toBe(2);
});

test("a root whose own name is hostile is scanned, and its mount points are found", async () => {
  const root = "/srv/a [b]*?\\ 'c' 1";
  await host.must('mkdir -p "$ROOT/in/m"; mount -t tmpfs none "$ROOT/in/m"; : >"$ROOT/in/m/not-seen"', {
    env: { ROOT: root },
  });
  const { entries, mounts } = await observe(siteOn(host, root));
  expect([...entries.keys()].sort()).toStrictEqual([".", "in"]);
  expect(mounts).toStrictEqual(["in/m"]);
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
      // The scan must keep this name, which the mount's name would match as a pattern or as a prefix.
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
    expect([...mounts].sort()).toStrictEqual([...mountNames].sort());
    const real = walk(host.path(root), (path) => mountNames.includes(path));
    expect(entriesOf(entries)).toStrictEqual(entriesOf(real));
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
  expect(names.sort()).toStrictEqual([".", "stay", "stay/here"]);
  assert.ok(entries.size < 1003, `${entries.size} entries`);
});

test("a directory that find cannot read is not checked, and the rest is looked at", async () => {
  await host.must("mkdir -p /srv/unread/etc /srv/unread/in/broken; : >/srv/unread/etc/x");
  for (const [printed, at] of [
    ["'.//in/broken'", "in/broken"],
    [".//in/broken", "in/broken"],
    ["'.//in/bro\\033[2Jken/'", "in"],
  ] as const) {
    await host.replace(
      "/usr/bin/find",
      (find) => `#!/bin/sh\n${find} "$@"\nprintf '%s\\n' "find: ${printed}: Input/output error" >&2\nexit 1\n`,
    );
    const { entries } = await observe(siteOn(host, "/srv/unread"));
    await host.restore("/usr/bin/find");
    const unread = [...entries].flatMap(([path, live]) => (live.unread === undefined ? [] : [[path, live.unread]]));
    expect(unread).toStrictEqual([[at, { problem: "unreadable", told: "Input/output error" }]]);
    assert.ok(entries.has("etc/x" as Bytes));
  }
});

test("what find complains of is an error where nobody knows of which entry it is", async () => {
  await host.replace(
    "/usr/bin/find",
    (find) => `#!/bin/sh\n${find} "$@"\necho "find: \x1b[2Jx: Input/output error" >&2\nexit 1\n`,
  );
  await assert.rejects(observe(siteOn(host, "/srv/vanish")), (error: ChrootError) => {
    expect(error.code).toBe("unreadable");
    expect(error.message).toMatch(/:\/srv\/vanish: .*\\x1b\[2Jx.*Input\/output error/);
    return true;
  });
  await host.restore("/usr/bin/find");
});

test("what is mounted while find walks makes it look again; where that never ends, it is said and left out", async () => {
  await host.must(`mkdir -p /srv/remounted/etc /srv/remounted/in/m/sub /srv/behind/sub; : >/srv/remounted/etc/x
    : >/srv/behind/not-seen`);
  const site = siteOn(host, "/srv/remounted");
  const again = async (script: string) => {
    await host.replace("/usr/bin/find", (find) => `#!/bin/sh\n${script}\nexec ${find} "$@"\n`);
    try {
      return await observe(site);
    } finally {
      await host.restore("/usr/bin/find");
    }
  };
  const once = await again("mountpoint -q /srv/remounted/in/m || mount --bind /srv/behind /srv/remounted/in/m");
  expect([...once.entries.keys()].sort()).toStrictEqual([".", "etc", "etc/x", "in"]);
  expect(once.mounts).toStrictEqual(["in/m"]);
  await host.must("while umount /srv/remounted/in/m; do :; done 2>/dev/null");
  const ever = await again(`case $* in *%p*) if mountpoint -q /srv/remounted/in/m; then umount /srv/remounted/in/m
    else mount --bind /srv/behind /srv/remounted/in/m; fi ;; esac`);
  expect([...ever.entries.keys()].sort()).toStrictEqual([".", "etc", "etc/x", "in"]);
  expect(ever.entries.get("in" as Bytes)?.unread).toStrictEqual({ problem: "mount-changing", path: "in/m" });
  await host.must("while umount /srv/remounted/in/m; do :; done 2>/dev/null");
});

test("without a list of mount points nothing is scanned", async () => {
  const site = siteOn(host, "/srv/vanish");
  await withAgent(site, async (agent) => {
    // Goes away when the agent is there: sshd needs it for its own work.
    await host.must("mount -t tmpfs none /proc");
    try {
      await assert.rejects(look(agent), (error: unknown) => error instanceof ChrootError);
    } finally {
      await host.must("umount /proc");
    }
  });
});

test("a list that nobody told of fails the scan: the process that was to tell it has died", async () => {
  const site = siteOn(host, "/srv/jail");
  const whole = await withAgent(site, async (agent) => {
    await enter(agent);
    return agent.request("scan");
  });
  expect(readScan(whole, site).entries.size).toBeGreaterThan(1);
  for (const name of ["entries", "getfacl", "getcap"]) {
    const lists = new Map([...whole.lists].filter(([list]) => list !== name));
    assert.throws(() => readScan({ ...whole, lists }, site), /a process was killed/, name);
  }
});

test("a line of the mount table that nobody understands fails the scan", async () => {
  const site = siteOn(host, "/srv/jail");
  const whole = await withAgent(site, async (agent) => {
    await enter(agent);
    return agent.request("scan");
  });
  const strange = { code: "unreadable", why: /a line of \/proc\/self\/mountinfo is not understood: strange/ };
  const on = whole.lines.map(([word, text]) => [word, word === "on" ? "strange" : text] as const);
  assert.throws(() => readScan({ ...whole, lines: on }, site), strange);
  const mounts = [["mount", "a"] as const, ["mounted", "strange"] as const];
  assert.throws(() => readScan({ ...whole, lines: [...whole.lines, ...mounts] }, site), strange);
});

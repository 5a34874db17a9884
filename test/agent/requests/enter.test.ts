import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { enter } from "../../../provider/agent/requests/enter";
import { look } from "../../../provider/agent/requests/observe";
import { ChrootError, type ErrorCode } from "../../../provider/errors";
import type { Bytes } from "../../../provider/model/bytes";
import { rootOf } from "../../../provider/observe/observation";
import { closeAll, observe, withAgent } from "../../support/connections";
import { siteOn, walk } from "../../support/jail-site";
import { type LabHost, startHost } from "../../support/sshd";

let host: LabHost;
beforeAll(async () => {
  const people = {
    named: { uid: 1053, gid: 1053 },
    admin: { uid: 1000, gid: 1000, home: "/home/admin", shell: "/bin/bash" },
  };
  host = await startHost({ accounts: people });
});
afterAll(async () => {
  await closeAll();
  await host.close();
});

async function refuses(code: ErrorCode, root: string, ...patterns: RegExp[]): Promise<void> {
  await assert.rejects(observe(siteOn(host, root)), (error) => {
    assert.ok(error instanceof ChrootError, String(error));
    assert.equal(error.code, code, error.message);
    for (const pattern of [`:${root}:`, ...patterns]) expect(error.message).toMatch(new RegExp(pattern));
    return true;
  });
}

test("a parent that group or others may write is refused by its name, however deep", async () => {
  await host.must("mkdir -p /srv/g/a/jail /srv/o/jail /srv/sticky/jail; cd /srv; chmod 0775 g; chmod 0757 o");
  await host.must("chmod 1777 /srv/sticky");
  await refuses("unsafe-parent", "/srv/g/a/jail", /its parent \/srv\/g is root:root 0775/, /make \/srv\/g root's/);
  await refuses("unsafe-parent", "/srv/o/jail", /its parent \/srv\/o is root:root 0757/);
  assert.ok(rootOf(await observe(siteOn(host, "/srv/sticky/jail"))), "nobody can replace what is root's there");
  expect(rootOf(await observe(siteOn(host, "/srv/sticky/none")))).toBe(undefined);
  await host.must("chown named: /srv/sticky/jail");
  await refuses("unsafe-parent", "/srv/sticky/jail", /\/srv\/sticky is root:root 1777: .* as jail in it is not root's/);
  await host.must("chown root: /srv/sticky/jail; chown named: /srv/sticky");
  await refuses("unsafe-parent", "/srv/sticky/jail", /its parent \/srv\/sticky is named:named 1777/);
  await host.must("chmod 0755 /srv/g; chmod 0775 /srv/g/a");
  await refuses("unsafe-parent", "/srv/g/a/jail", /its parent \/srv\/g\/a is root:root 0775/);
  await host.must("chmod 0755 /srv/g/a");
  assert.ok(rootOf(await observe(siteOn(host, "/srv/g/a/jail"))));
});

test("a parent that belongs to somebody else is refused, whatever its mode and its name", async () => {
  await host.must(
    "mkdir -p '/srv/of named 755/jail'; chown named: '/srv/of named 755'; chmod 0500 '/srv/of named 755'",
  );
  await refuses("unsafe-parent", "/srv/of named 755/jail", /its parent \/srv\/of named 755 is named:named 0500:/);
});

test("a parent is refused although the root below it is absent", async () => {
  await host.must("mkdir -m 0777 /srv/open");
  await refuses("unsafe-parent", "/srv/open/absent", /\/srv\/open is root:root 0777/);
});

test("a link on the way is refused, and as the root", async () => {
  await host.must(
    "mkdir -p /srv/real/jail; ln -s real /srv/alias; ln -s real/jail /srv/jail-link; ln -s none /srv/to-none",
  );
  await refuses("not-a-directory", "/srv/alias/jail", /\/srv\/alias is a symbolic link, not a directory/, /points to/);
  await refuses("not-a-directory", "/srv/jail-link", /\/srv\/jail-link is a symbolic link/);
  await refuses("not-a-directory", "/srv/to-none", /\/srv\/to-none is a symbolic link/);
  await refuses("not-a-directory", "/srv/to-none/below", /\/srv\/to-none is a symbolic link/);
});

test("a file, a FIFO or a device as the root or above it is refused", async () => {
  await host.must("echo text >'/srv/a file'; : >/srv/empty; mkfifo /srv/fifo; mknod /srv/null c 1 3");
  await refuses("not-a-directory", "/srv/a file", /\/srv\/a file is a regular file, not a directory/);
  await refuses("not-a-directory", "/srv/a file/jail", /\/srv\/a file is a regular file/);
  await refuses("not-a-directory", "/srv/empty", /\/srv\/empty is a regular empty file, not a directory/);
  await refuses("not-a-directory", "/srv/fifo", /\/srv\/fifo is a fifo/);
  await refuses("not-a-directory", "/srv/null", /\/srv\/null is a character special file/);
});

test("an absent root is no error and has no entries, and looking makes nothing", async () => {
  for (const root of ["/srv/none", "/srv/none/deep/er"]) {
    const seen = await observe(siteOn(host, root));
    expect(rootOf(seen)).toBe(undefined);
    expect([seen.entries.size, seen.mounts]).toStrictEqual([0, []]);
  }
  expect((await host.sh("ls /srv/none")).code).toBe(2);
});

test("a root that its daemon owns, or that everybody may write, is looked at: it is to be repaired", async () => {
  await host.must("mkdir -p /srv/hot; : >/srv/hot/f; chown -R named: /srv/hot; chmod 3777 /srv/hot");
  const { entries } = await observe(siteOn(host, "/srv/hot"));
  expect([...entries.keys()].sort()).toStrictEqual([".", "f"]);
  expect([rootOf({ entries } as never)?.uid, rootOf({ entries } as never)?.mode]).toStrictEqual([1053, 0o3777]);
});

test("a root that is made is closed to all but root, and so never open before it is declared", async () => {
  await host.must("mkdir -m 0755 /srv/made");
  const site = siteOn(host, "/srv/made/by/us");
  const seen = await withAgent(site, (agent) => look(agent, { makeIn: agent.chain() }));
  expect([...seen.entries.keys()]).toStrictEqual(["."]);
  const made = walk(host.path("/srv/made"));
  expect([made.get("by" as Bytes)?.mode, made.get("by" as Bytes)?.uid]).toStrictEqual([0o755, 0]);
  expect([made.get("by/us" as Bytes)?.mode, made.get("by/us" as Bytes)?.uid]).toStrictEqual([0o700, 0]);
  const again = await withAgent(site, (agent) => look(agent, { makeIn: agent.chain() }));
  expect(again.entries).toStrictEqual(seen.entries);
});

test("a parent that the agent of another jail makes at the same moment will do; a root that turns up will not", async () => {
  await host.replace("/usr/bin/mkdir", (mkdir) => `#!/bin/sh\n${mkdir} "$@"\nexec ${mkdir} "$@"\n`);
  try {
    const site = siteOn(host, "/srv/shared/one");
    const { status, error } = await withAgent(site, (agent) => enter(agent, agent.chain()));
    expect(status).toBe(1);
    expect(error).toMatch(/cannot create directory '\/srv\/shared\/one': File exists/);
    expect(await host.must("stat -c %a /srv/shared")).toBe("755\n");
  } finally {
    await host.restore("/usr/bin/mkdir");
  }
});

test("a login that is not root's is told so, with what to do", async () => {
  await host.must("mkdir -p /srv/jail /home/admin; chown admin: /home/admin");
  await assert.rejects(observe(siteOn(host, "/srv/jail", { user: "admin" })), (error) => {
    assert.ok(error instanceof ChrootError);
    expect(error.code).toBe("not-root");
    expect(error.message).toMatch(
      /admin@127\.0\.0\.1:\d+:\/srv\/jail: logged in with uid 1000.*\nlog in as root .*, or set connection\.become/,
    );
    return true;
  });
});

const login =
  "echo hello; printf 'x\\0y\\0done 0 \\0%033ddone 0 \\0' 0; seq 20000; echo 'no newline at the end\\c'; echo oops >&2\n";
for (const [shell, files] of [
  ["/bin/bash", ["/root/.bashrc", "/root/.bash_profile", "/root/.profile"]],
  ["/bin/sh", ["/root/.profile", "/root/.ssh/rc"]],
  ["/bin/bash", ["/etc/ssh/sshrc"]],
] as const) {
  test(`what ${shell} prints at login, from ${files.join(" and ")}, is not taken for an answer`, async () => {
    await host.must(`mkdir -p /root/.ssh /srv/jail/in; sed -i 's,^\\(root:.*:\\).*,\\1${shell},' /etc/passwd`);
    expect(await host.must("grep ^root: /etc/passwd")).toMatch(new RegExp(`:${shell}\\n`));
    for (const file of files) writeFileSync(host.path(file), login);
    try {
      await closeAll();
      const { entries, principals } = await observe(siteOn(host, "/srv/jail"));
      expect([...entries.keys()].sort()).toStrictEqual([".", "in"]);
      expect(principals.uids.get("named")).toBe(1053);
    } finally {
      await host.must(`rm ${files.join(" ")}`);
    }
  });
}

test("a root is entered whatever bytes its name has that a shell could take for something", async () => {
  // The bytes of UTF-8 that dash uses as marks of its own (0x81 to 0x88), and what read, test and echo know.
  for (const root of ["/srv/ÁÂÃÄÅÆÇÈ", "/srv/-n", "/srv/a  b ", "/srv/\\x\\", "/srv/$(x)'\"*?", "/srv/(", "/srv/!"]) {
    mkdirSync(host.path(root));
    writeFileSync(host.path(`${root}/here`), "");
    assert.deepEqual([...(await observe(siteOn(host, root))).entries.keys()].sort(), [".", "here"], root);
  }
});

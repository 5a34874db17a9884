import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import { applySteps } from "../../provider/agent/requests/apply";
import { relax, seal } from "../../provider/agent/requests/seal";
import type { Bytes } from "../../provider/model/bytes";
import { closeAll, observe } from "../support/connections";
import { makeHostileTree } from "../support/hostile-tree";
import { change, entriesOf, siteOn, walk } from "../support/jail-site";
import { type LabHost, startHost } from "../support/sshd";
import { useHost } from "../support/use-host";

for (const flavour of ["gnu", "busybox"] as const) {
  describe(`a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour }, async (made) => {
      host = made;
      await makeHostileTree(host, "/srv/jail");
    });

    test("is scanned byte by byte, with nothing changed", async () => {
      const { entries, mounts } = await observe(siteOn(host, "/srv/jail"));
      const real = entriesOf(walk(host.path("/srv/jail")));
      // BusyBox's stat has no format in which a link's target could not forge a line.
      const expected = flavour === "gnu" ? real : real.map(([path, { target: _, ...live }]) => [path, live]);
      expect(entriesOf(entries)).toStrictEqual(expected);
      expect(mounts).toStrictEqual([]);
    });

    // BusyBox's xargs reads a part of a file again after a command that it runs itself, and makes up names of pieces.
    test("is repaired and closed in lists that are longer than one command takes, each name once", async () => {
      await host.must(`mkdir -p /srv/long/d && cd /srv/long/d && chmod 0777 . && for i in $(seq 1000 2500); do
        mkdir $i-a-name-that-takes-some-room; : >$i-a-name-that-takes-some-room/f; done; chown -R nobody .`);
      const site = siteOn(host, "/srv/long");
      const { entries } = await observe(site);
      const paths = [...entries.keys()].filter((path) => path !== ".");
      const step = (path: Bytes) => ({ path, action: "set" as const, owner: { uid: 0, gid: 7 }, mode: 0o640 });
      const errors = await change(site, async (agent) => {
        const { closed } = await seal(agent, ["d" as Bytes], []);
        expect(closed.length).toBe(paths.filter((path) => entries.get(path)?.type === "directory").length);
        await relax(agent);
        return (await applySteps(agent, paths.map(step))).errors;
      });
      expect(errors).toStrictEqual([]);
      const { entries: end } = await observe(site);
      for (const path of paths)
        expect([end.get(path)?.uid, end.get(path)?.gid, end.get(path)?.mode]).toStrictEqual([0, 7, 0o640]);
    });

    test("says what it cannot check", async () => {
      const { can, gaps } = await observe(siteOn(host, "/srv/jail"));
      const all = flavour === "gnu";
      expect(can).toStrictEqual({ acl: all, capabilities: all });
      const unchecked = gaps.flatMap(({ problem }) => (problem.endsWith("-unchecked") ? [problem] : []));
      expect(unchecked).toStrictEqual(all ? [] : ["acls-unchecked", "capabilities-unchecked"]);
    });
  });
}

test("ACLs and capabilities are found under every name, also one with a line break in it", async () => {
  const host = await startHost();
  try {
    await makeHostileTree(host, "/srv/jail");
    await host.must(`cd /srv/jail/names && for f in * .[!.]* ..?*; do [ -f "./$f" ] && [ ! -L "./$f" ] || continue
      setfacl -m u:7:rwx,g:8:r -- "./$f"; setcap cap_net_raw,cap_chown=ep "./$f"; done
      setfacl -d -m u:7:rx /srv/jail/dirs`);
    const { entries } = await observe(siteOn(host, "/srv/jail"));
    const names = [...entries].filter(([path, { type }]) => path.startsWith("names/") && type === "file");
    expect(names.length).toBeGreaterThan(20);
    for (const [path, live] of names) {
      assert.deepEqual(live.acl, ["group:8:r--", "group::r--", "user:7:rwx"], path);
      assert.equal(live.capabilities, "cap_chown,cap_net_raw=ep", path);
    }
    expect(entries.get("dirs" as Bytes)?.acl?.filter((entry) => entry.includes("user:7"))).toStrictEqual([
      "default:user:7:r-x",
    ]);
    const others = [...entries].filter(
      ([path, { acl, capabilities }]) =>
        !path.startsWith("names/") && (acl !== undefined || capabilities !== undefined),
    );
    expect(others.map(([path]) => path)).toStrictEqual(["dirs"]);
  } finally {
    await closeAll();
    await host.close();
  }
});

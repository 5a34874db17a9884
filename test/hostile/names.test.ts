import assert from "node:assert/strict";
import { chmodSync, chownSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import { type Driven, drive } from "../support/driven";
import { below, hostileNames, makeHostileTree } from "../support/hostile-tree";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** The daemon may give its files any names: forbidden permissions are removed, the rest stays, and nothing outside changes. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`a ${flavour} host with hostile names where the daemon may write`, () => {
    const data = "/srv/jail/data";
    let host: LabHost;
    const program = (): Driven =>
      drive(
        siteOn(host, "/srv/jail"),
        { writable: { data: "uploads" }, directories: { etc: "configuration" } },
        // Besides the set-id bits: another owner and mode for every file below one directory of the daemon.
        { taken: { match: "data/dirs/**", owner: "root", group: "www", fileMode: "0640" } },
      );
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await makeHostileTree(host, data);
      for (const [path, { type }] of walk(host.path(data))) {
        if (type === "link" || path === "kinds/outside-name") continue;
        chownSync(below(host, data, path), account.www.uid, account.www.gid);
        if (type === "file") chmodSync(below(host, data, path), 0o6755);
        if (type === "directory") chmodSync(below(host, data, path), 0o777);
      }
      await host.must("mkdir /srv/jail/etc; : >/srv/jail/etc/named.conf; chmod 0666 /srv/jail/etc/named.conf");
    });

    test("converges, and changes exactly what differs", async () => {
      const before = walk(host.path(data));
      const outside = walk(host.path("/srv/outside"));
      expect(await program().up()).toSucceed();
      const after = walk(host.path(data));
      // Undeclared devices are moved away.
      const expected = [...before].flatMap(([path, { type }]) => (type.endsWith("device") ? [] : [path]));
      expect([...after.keys()].sort()).toStrictEqual(expected.sort());
      for (const [path, { type, uid, mode, target, inode }] of after) {
        const old = before.get(path);
        const isTaken = type === "file" && path.startsWith("dirs/");
        const isHeld = path === "." || isTaken || (type === "directory" && path.startsWith("dirs/"));
        const bits = path === "." ? 0o770 : isTaken ? 0o640 : type === "file" ? (old?.mode ?? 0) & 0o777 : old?.mode;
        assert.deepEqual({ uid, mode, target, inode }, { ...pick(old), mode: bits, uid: isHeld ? 0 : old?.uid }, path);
      }
      const files = hostileNames.map((name) => after.get(`names/${name}` as Bytes)?.mode);
      assert.deepEqual(new Set(files), new Set([0o755]), "all of them were setuid");
      expect(host.path("/srv/outside")).toBeUntouched(outside);
      expect(await host.must("stat -c %a /srv/jail/etc/named.conf")).toBe("640\n");
    });

    test("is as declared then, for the next preview and the next run", async () => {
      const before = walk(host.path(data));
      expect((await program().assess()).plan.differences).toStrictEqual([]);
      expect(await program().up()).toSucceed();
      expect(host.path(data)).toBeUntouched(before);
    });
  });

function pick(of: { target?: Bytes; inode: string } | undefined): { target: Bytes | undefined; inode: string } {
  return { target: of?.target, inode: of?.inode ?? "" };
}

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import { type Driven, drive } from "../support/driven";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

/** An entry that matches its declaration is not touched: its ctime shows any chown, chmod, rename or new name. */
for (const flavour of ["gnu", "busybox"] as const)
  describe(`on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      await host.must(`mkdir -p /srv/jail/etc/deep /srv/jail/a/own/deep /srv/jail/b/own/deep; cd /srv/jail
        for dir in etc/deep a/own/deep b/own/deep; do : >$dir/one; : >$dir/two; ln -s one $dir/link; mkfifo $dir/fifo; done
        : >etc/first; ln etc/first etc/second; chown -R www:www a/own b/own; chmod 0777 a/own/deep b/own/deep`);
      expect(await program().up()).toSucceed();
    });
    const program = (): Driven =>
      drive(
        siteOn(host, "/srv/jail"),
        { writable: { a: "uploads", b: "more" }, directories: { etc: "configuration" } },
        {
          etc: { match: "etc/**", owner: "root", group: "www", fileMode: "0640" },
          a: { match: "a/own/deep/one", owner: "root", group: "www", fileMode: "0640" },
          b: { match: "b/own/deep/one", owner: "root", group: "www", fileMode: "0640" },
        },
      );
    const tree = () => walk(host.path("/srv/jail"));

    /** Paths whose inodes have been changed by a run that must not fail. */
    async function touchedBy(): Promise<string[]> {
      const before = tree();
      expect(await program().up()).toSucceed();
      const after = tree();
      expect([...after.keys()].sort()).toStrictEqual([...before.keys()].sort());
      return [...after].filter(([path, { ctime }]) => ctime !== before.get(path)?.ctime).map(([path]) => path);
    }

    test("a run with nothing to do changes no inode", async () => {
      expect(await touchedBy()).toStrictEqual([]);
      assert.ok(tree().size > 20, "there is something that could be changed");
    });

    test("a difference where only root may write is repaired with no other inode changed", async () => {
      await host.must("chmod 0666 /srv/jail/etc/deep/two");
      expect(await touchedBy()).toStrictEqual(["etc/deep/two"]);
      expect(tree().get("etc/deep/two" as Bytes)?.mode).toBe(0o640);
    });

    test("an inode with two names, all of them where only root may write, is repaired the same way", async () => {
      await host.must("chmod 0666 /srv/jail/etc/first");
      expect((await touchedBy()).sort()).toStrictEqual(["etc/first", "etc/second"]);
    });

    test("a difference in one of the daemon's directories touches that one, and no other of them", async () => {
      await host.must("chmod 0666 /srv/jail/a/own/deep/one");
      const touched = await touchedBy();
      expect(touched).toContain("a/own/deep/one");
      expect(touched.filter((path) => path !== "a" && !path.startsWith("a/"))).toStrictEqual([]);
      assert.ok(!touched.includes("a/own/deep/two" as Bytes), "a file that is as declared keeps its ctime");
      const live = tree();
      expect([live.get("a/own/deep" as Bytes)?.mode, live.get("a/own/deep" as Bytes)?.uid]).toStrictEqual([
        0o777, 1033,
      ]);
    });
  });

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { JailSession, sessionFor } from "../../provider/handlers/session";
import { type Driven, drive, errorsOf, type JailPart } from "../support/driven";
import { siteOn, walk } from "../support/jail-site";
import { account } from "../support/program";
import type { LabHost } from "../support/sshd";
import { useHost } from "../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a jail in a jail on a ${flavour} host`, () => {
    const [outer, inner] = ["/srv/all jails", '/srv/all jails/deep/in"side'];
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const jail = (root: string, part: JailPart = {}, session?: JailSession): Driven =>
      drive(siteOn(host, root), part, {}, {}, [], session ?? new JailSession(siteOn(host, root)));
    const exclude = { 'deep/in"side': "another jail" };
    const fresh = () => host.must(`rm -rf '${outer}' /var/lib/pulumi-chroot; mkdir -p '${outer}/deep'`);
    const tree = (root = outer) => walk(host.path(root));

    test("is refused by the name of the other, whichever was there first, and nothing is touched", async () => {
      await fresh();
      assert.deepEqual(errorsOf(await jail(outer, { onDelete: "removeCreated" }).up()), []);
      const before = tree();
      const [{ error } = {}] = await jail(inner).up();
      assert.match(
        error?.message ?? "",
        /Jail::jail is refused: .*: it lies in the jail \/srv\/all jails \(Jail::jail\): exclude deep\/in"side there, or move/,
      );
      assert.match((await jail(inner).look()).host ?? "", /^refused: it lies in the jail/);
      assert.deepEqual(tree(), before);
      assert.deepEqual(errorsOf(await jail(outer).up()), [], "the one that was there goes on");

      await fresh();
      assert.deepEqual(errorsOf(await jail(inner).up()), []);
      await host.must(`chmod 0777 '${outer}'`);
      const made = tree();
      const refused = errorsOf(await jail(outer).up()).join();
      assert.match(refused, /the jail \/srv\/all jails\/deep\/in"side \(Jail::jail\) lies in this one: exclude deep/);
      assert.deepEqual(tree(), made);
    });

    test("that the outer one excludes is left alone by it: its files, what it lacks, what is moved away, and its end", async () => {
      await fresh();
      const whole = { exclude, undeclared: "prune", onDelete: "removeCreated" } as const;
      assert.deepEqual(errorsOf(await jail(outer, whole).up()), []);
      assert.deepEqual(errorsOf(await jail(inner, { devices: { null: "nobody reads it" } }).up()), []);
      await host.must(`cd '${inner}'; : >stray; chmod 4777 stray; mknod mem c 1 1; chmod 0777 dev; : >../stray`);
      const before = tree(inner);
      const outcomes = await jail(outer, whole).up();
      assert.deepEqual(errorsOf(outcomes), []);
      assert.deepEqual([...(outcomes[0]?.moved?.keys() ?? [])], ["deep/stray"]);
      assert.deepEqual(tree(inner), before);

      // What an earlier release has recorded, or somebody has taken out.
      const record = "/var/lib/pulumi-chroot/all_jails-*/*.json";
      await host.must(`cp ${record} /srv/kept; sed -i 's/"deep.in.*: "another/"elsewhere": "another/' ${record}`);
      await assert.rejects(
        jail(outer, whole).forget("jail"),
        /Jail::jail is not removed: .*: the jail \/srv\/all jails\/deep\/in"side \(Jail::jail\) lies in it\nremove that one first/,
      );
      assert.deepEqual(tree(inner), before);
      await host.must(`cat /srv/kept >"$(echo ${record})"`);
      await jail(outer, whole).forget("jail");
      assert.deepEqual(tree(inner), before);
      assert.deepEqual(errorsOf(await jail(inner, { devices: { null: "nobody reads it" } }).up()), []);
    });

    test("of one program that makes both is refused before any record tells of the outer one", async () => {
      await fresh();
      const [top, below] = [siteOn(host, outer), siteOn(host, inner)].map((site) => sessionFor(site));
      const part = { exclude };
      const both = () => [jail(outer, {}, top), jail(inner, {}, below)] as const;
      assert.match(
        (await both()[1].look()).host ?? "",
        /^refused: it lies in the jail \/srv\/all jails \(Jail::jail\)/,
      );
      jail(outer, part, top);
      assert.equal((await jail(inner, {}, below).look()).host, undefined);
    });
  });

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import type { JailSession } from "../../../provider/engine/session/jail-session";
import { type Driven, drive, errorsOf, type JailPart } from "../../support/driven";
import { siteOn, walk } from "../../support/jail-site";
import { account } from "../../support/program";
import { newEngine, newSession } from "../../support/session";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

for (const flavour of ["gnu", "busybox"] as const)
  describe(`a jail in a jail on a ${flavour} host`, () => {
    const [outer, inner] = ["/srv/all jails", '/srv/all jails/deep/in"side'];
    let host: LabHost;
    useHost({ flavour, accounts: account }, (made) => {
      host = made;
    });
    const jail = (root: string, part: JailPart = {}, session?: JailSession): Driven =>
      drive(siteOn(host, root), part, {}, {}, [], session ?? newSession(siteOn(host, root)));
    const exclude = { 'deep/in"side': "another jail" };
    const fresh = () => host.must(`rm -rf '${outer}' /var/lib/pulumi-chroot; mkdir -p '${outer}/deep'`);
    const tree = (root = outer) => walk(host.path(root));

    test("is refused by the name of the other, whichever was there first, and nothing is touched", async () => {
      await fresh();
      expect(await jail(outer, { onDelete: "removeCreated" }).up()).toSucceed();
      const before = tree();
      const [{ error } = {}] = await jail(inner).up();
      expect(error?.message ?? "").toMatch(
        /Jail::jail is refused: .*: it lies in the jail \/srv\/all jails \(Jail::jail\): exclude deep\/in"side there, or move/,
      );
      expect((await jail(inner).report()).host ?? "").toMatch(/^refused: it lies in the jail/);
      expect(tree()).toStrictEqual(before);
      assert.deepEqual(errorsOf(await jail(outer).up()), [], "the one that was there goes on");

      await fresh();
      expect(await jail(inner).up()).toSucceed();
      await host.must(`chmod 0777 '${outer}'`);
      const made = tree();
      const refused = errorsOf(await jail(outer).up()).join();
      expect(refused).toMatch(/the jail \/srv\/all jails\/deep\/in"side \(Jail::jail\) lies in this one: exclude deep/);
      expect(tree()).toStrictEqual(made);
    });

    test("that the outer one excludes is left alone by it: its files, what it lacks, what is moved away, and its end", async () => {
      await fresh();
      const whole = { exclude, undeclared: "prune", onDelete: "removeCreated" } as const;
      expect(await jail(outer, whole).up()).toSucceed();
      expect(await jail(inner, { devices: { null: "nobody reads it" } }).up()).toSucceed();
      await host.must(`cd '${inner}'; : >stray; chmod 4777 stray; mknod mem c 1 1; chmod 0777 dev; : >../stray`);
      const before = tree(inner);
      const outcomes = await jail(outer, whole).up();
      expect(outcomes).toSucceed();
      expect([...(outcomes[0]?.moved?.keys() ?? [])]).toStrictEqual(["deep/stray"]);
      expect(tree(inner)).toStrictEqual(before);

      // An earlier release, or a person, may have left such a record.
      const record = "/var/lib/pulumi-chroot/all_jails-*/*.json";
      await host.must(`cp ${record} /srv/kept; sed -i 's/"deep.in.*: "another/"elsewhere": "another/' ${record}`);
      await expect(jail(outer, whole).forget("jail")).rejects.toThrow(
        /Jail::jail is not removed: .*: the jail \/srv\/all jails\/deep\/in"side \(Jail::jail\) lies in it\nremove that one first/,
      );
      expect(tree(inner)).toStrictEqual(before);
      await host.must(`cat /srv/kept >"$(echo ${record})"`);
      await jail(outer, whole).forget("jail");
      expect(tree(inner)).toStrictEqual(before);
      expect(await jail(inner, { devices: { null: "nobody reads it" } }).up()).toSucceed();
    });

    test("of one program that makes both is refused before any record tells of the outer one", async () => {
      await fresh();
      const engine = newEngine();
      const [top, below] = [siteOn(host, outer), siteOn(host, inner)].map((site) => engine.session(site));
      const part = { exclude };
      const both = () => [jail(outer, {}, top), jail(inner, {}, below)] as const;
      expect((await both()[1].report()).host ?? "").toMatch(
        /^refused: it lies in the jail \/srv\/all jails \(Jail::jail\)/,
      );
      jail(outer, part, top);
      expect((await jail(inner, {}, below).report()).host).toBe(undefined);
    });
  });

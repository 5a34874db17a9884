import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import type { Bytes } from "../../../provider/model/bytes";
import { differenceText } from "../../../provider/render/text/difference-text";
import { findingText } from "../../../provider/render/text/findings/finding-text";
import { type Inhabitant, installInhabitant, startInhabitant } from "../../agent/inhabitants";
import { type Driven, drive, errorsOf, type JailPart } from "../../support/driven";
import { uncheckedIn } from "../../support/findings";
import { siteOn, walk } from "../../support/jail-site";
import { account } from "../../support/program";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";

const root = "/srv/jail";
const remedy = "end that process, or declare or protect the path, or name it in pruneAnyway";
const daemons =
  "other users than root may write in it, so its contents are the daemon's: declare or protect the path, or name it in pruneAnyway";

function program(host: LabHost, jail: JailPart = {}): Driven {
  return drive(siteOn(host, root), { directories: { etc: "settings" }, undeclared: "prune", ...jail });
}

/** Each path that stays in a preview with its reason, and the paths that go. */
async function foreseen(of: Driven): Promise<{ kept: Record<string, string>; gone: string[]; unchecked: string[] }> {
  const { plan, observation } = await of.assess();
  const [held, gone] = [true, false].map((is) =>
    plan.differences.filter(({ blocked }) => (blocked !== undefined) === is),
  );
  const texts = (held ?? []).map((one) => [one.path, differenceText(one, observation).marks] as const);
  return {
    kept: Object.fromEntries(texts.map(([path, marks]) => [path, marks.replace(/^, not repaired: /, "")])),
    gone: (gone ?? []).map(({ path }) => path),
    unchecked: uncheckedIn(plan).map((one) => findingText(one)),
  };
}

/** A jail as declared, with the entries that a script adds to its etc. */
const prepare = (host: LabHost, script: string) =>
  host.must(`rm -rf ${root} /srv/out; mkdir -p ${root}/etc /srv/out; cd ${root}; chown root:www . etc; chmod 0750 . etc
    cd etc; umask 027; ${script}; chgrp -R www ${root}`);

for (const flavour of ["gnu", "busybox"] as const)
  describe(`undeclared entries in use on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts: account }, async (made) => {
      host = made;
      installInhabitant(host);
    });

    test("stay, whatever the use is and by whichever name, until it ends", async () => {
      const queue = "mkdir -m 0700 queue; mkdir queue/active; echo mail >queue/active/1; chown -R www queue";
      await prepare(
        host,
        `${queue}; for file in locked open mapped view linked replaced free late; do echo 1 >$file; done
        mkdir -p tree/deep inside/deep stopped; echo 1 >tree/deep/open; cp /opt/inhabitant runs; ln linked /srv/out/name`,
      );
      const inJail = `chroot ${root} cd /`;
      const dead = await startInhabitant(host, `${inJail} serve /etc/stopped/dead`);
      await dead.end();
      const runs = `${root}/etc/runs`;
      const users: Record<string, Inhabitant> = {};
      for (const [path, args] of [
        ["locked", `${inJail} lock /etc/locked`],
        ["open", `${inJail} read /etc/../etc/open`],
        ["mapped", `map ${root}/etc/mapped`],
        ["bound", `${inJail} serve /etc/bound`],
        ["renamed", `${inJail} serve /etc/new rename /etc/renamed`],
        ["view", `view ${root}/etc read /mnt/view`],
        ["linked", "read /srv/out/name"],
        ["tree", `${inJail} read /etc/tree/deep/open`],
        ["inside", `cd ${root}/etc/inside/deep`],
        ["runs", "nnp 1"],
        ["replaced", `read ${root}/etc/replaced remove ${root}/etc/replaced`],
      ] as const)
        users[path] = await startInhabitant(host, args, path === "runs" ? { path: runs } : {});
      await host.must(`cd ${root}/etc; echo 2 >replaced; chmod 0640 *; chmod 0750 */ */*/ runs; chmod 0700 queue`);
      const who = (path: string, does: string) =>
        `process ${users[path]?.pid} (${path === "runs" ? "runs" : "inhabitant"}) ${does}: ${remedy}`;
      const opens = "has it open, or an entry below it";
      const boundText = "has bound it as a socket, or a socket below it";
      const stays = {
        "etc/bound": who("bound", boundText),
        "etc/inside": `process ${users["inside"]?.pid} (inhabitant) has its working directory or its root in it: end that process, or declare or protect the path`,
        "etc/linked": who("linked", opens),
        "etc/locked": who("locked", opens),
        "etc/mapped": who("mapped", "has it in memory (mmap), or an entry below it"),
        "etc/open": who("open", opens),
        "etc/renamed": who("renamed", boundText),
        "etc/runs": who("runs", "runs it, or a program below it"),
        "etc/tree": who("tree", opens),
        "etc/view": who("view", opens),
      };
      const seen = await foreseen(program(host));
      expect(seen.gone).toStrictEqual(["etc/free", "etc/late", "etc/replaced", "etc/stopped"]);
      expect(seen.kept).toStrictEqual({ ...stays, "etc/queue": daemons });
      expect(seen.unchecked).toStrictEqual([]);
      const { texts } = await program(host).report();
      expect(texts.get("(etc/*)")?.pair).toBe("3 files => absent; 1 directory (1 entry below) => absent");
      expect(texts.has("etc/free")).toBe(false);

      // Opened after the preview.
      users["late"] = await startInhabitant(host, `read ${root}/etc/late`);
      const tree = () => new Map<string, unknown>(walk(host.path(root)));
      const before = tree();
      const [outcome] = await program(host).up();
      expect(outcome?.error?.message ?? "").toMatch(/Jail::jail is not converged/);
      expect([...(outcome?.moved?.keys() ?? [])].sort()).toStrictEqual(["etc/free", "etc/replaced", "etc/stopped"]);
      const after = tree();
      for (const path of [...Object.keys(stays), "etc/late", "etc/queue", "etc/queue/active/1", "etc/tree/deep/open"])
        assert.deepEqual(after.get(path), before.get(path), path);

      // An entry that the declaration names goes all the same, unless a process is in it.
      const pruneAnyway = { "etc/lock*": "stale", "etc/inside": "old" };
      const [named] = await program(host, { pruneAnyway }).up();
      expect([...(named?.moved?.keys() ?? [])]).toStrictEqual(["etc/locked"]);

      for (const one of Object.values(users)) await one.end();
      const last = await program(host).up();
      expect([...(last[0]?.moved?.keys() ?? [])].length).toStrictEqual(Object.keys(stays).length);
      expect(errorsOf(last).join()).toMatch(
        /etc\/queue: is www:www 0700 directory \(2 entries below\), declared absent/,
      );
      expect(tree().get("etc/queue/active/1")).toStrictEqual(before.get("etc/queue/active/1"));
      const gone = await program(host, { pruneAnyway: { "etc/queue": "delivered" } }).up();
      expect(gone).toSucceed();
      expect([...(gone[0]?.moved?.keys() ?? [])]).toStrictEqual(["etc/queue" as Bytes]);
    });
  });

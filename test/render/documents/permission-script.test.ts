import assert from "node:assert/strict";
import { describe, test } from "@jest/globals";
import fc from "fast-check";
import type { Bytes } from "../../../provider/model/bytes";
import type { Live } from "../../../provider/model/entry";
import { isCold } from "../../../provider/model/mode";
import { anyCase } from "../../plan/tree";
import type { LabHost } from "../../support/sshd";
import { useHost } from "../../support/use-host";
import { accounts, make, nameOf, observeAll, productEnd, runScripts, scriptCase, timesOf } from "../script-cases";

const count = Number(process.env["SCRIPT_CASES"] ?? 20);
const seed = Number(process.env["SCRIPT_SEED"] ?? Date.now() % 1_000_000);

for (const flavour of ["gnu", "busybox"] as const)
  describe(`permissions.sh on a ${flavour} host`, () => {
    let host: LabHost;
    useHost({ flavour, accounts }, (made) => {
      host = made;
    });

    test(`leaves any jail as the product's own steps do, touches nothing else, and then nothing at all (seed ${seed})`, async () => {
      const cases = fc
        .sample(anyCase, { numRuns: count, seed })
        .map((given, at) => scriptCase(given, `/srv/jails/${at}`));
      await make(host, cases, flavour === "gnu");
      const times = () => cases.map(({ root }) => timesOf(host, root));
      const [before, timesBefore] = [await observeAll(host, "/srv/jails"), times()];
      const checked = await runScripts(host, cases, "--check");
      assert.deepEqual(times(), timesBefore, "--check changes nothing");
      const ran = await runScripts(host, cases);
      const [after, timesAfter] = [await observeAll(host, "/srv/jails"), times()];
      const again = await runScripts(host, cases);
      const [last, timesAgain] = [await observeAll(host, "/srv/jails"), times()];
      let worked = 0;
      for (const [at, one] of cases.entries()) {
        const name = nameOf(one.root);
        const [seen, end] = [before.get(name), after.get(name)];
        assert.ok(seen && end);
        const product = await productEnd(one, seen);
        const told = `${one.root} of seed ${seed}: ${JSON.stringify({ ...one.given, checked: checked[at], ran: ran[at], again: again[at] }, null, 1)}`;
        if (product.todo.length > 0) worked++;
        const isClean = product.refused.size === 0;
        if (product.withheld.size > 0) {
          // A file gets its special bits and capabilities only in the run after the one that made it root's.
          assert.equal(ran[at]?.code, 1, told);
          for (const path of product.withheld) withheld(seen.entries.get(path), end.entries.get(path), told);
          const done = last.get(name);
          assert.ok(done);
          const { withheld: still } = await productEnd(one, end);
          for (const path of still) withheld(seen.entries.get(path), done.entries.get(path), told);
          if (still.size === 0) compare(seen.entries, done.entries, product, told);
          assert.equal(again[at]?.code, isClean && still.size === 0 ? 0 : 1, told);
          continue;
        }
        compare(seen.entries, end.entries, product, told);
        const quiet = unchanged(seen.entries, product);
        for (const path of quiet)
          assert.equal(timesAfter[at]?.get(path), timesBefore[at]?.get(path), `${path} was touched: ${told}`);
        assert.equal(ran[at]?.code, isClean ? 0 : 1, told);
        assert.equal(checked[at]?.code, isClean && product.todo.length === 0 ? 0 : 1, told);
        assert.deepEqual(timesAgain[at], timesAfter[at], `a second run has changed something: ${told}`);
        // A refused link keeps the directories behind it from being made.
        const out = again[at]?.out.replace(isClean ? "" : /^.*: (something else|absent) => directory\n/gm, "");
        assert.deepEqual([again[at]?.code, out], [isClean ? 0 : 1, ""], told);
      }
      assert.ok(worked > count / 3, `only ${worked} had anything to do`);
    });
  });

type Entries = ReadonlyMap<Bytes, Live>;
type End = Awaited<ReturnType<typeof productEnd>>;

function compare(before: Entries, after: Entries, { end, refused }: End, told: string): void {
  assert.deepEqual([...after.keys()].sort(), [...end.keys()].sort(), told);
  for (const [path, live] of after) {
    const kept = before.get(path);
    // A refused path stays as it is; a missing directory is made, for the paths below it.
    const wanted = refused.has(path) && kept?.type === live.type ? kept : end.get(path);
    if (!refused.has(path) || kept?.type === live.type) assert.equal(text(live), text(wanted), `${path}: ${told}`);
  }
}

/** Setuid, setgid and capabilities that were not there are not there yet. */
function withheld(before: Live | undefined, after: Live | undefined, told: string): void {
  assert.equal((after?.mode ?? 0) & ~(before?.mode ?? 0) & 0o6000, 0, told);
  assert.ok([undefined, before?.capabilities].includes(after?.capabilities), told);
}

function text(live: Live | undefined): string {
  if (!live) return "";
  const { type, uid, gid, mode, acl = [], capabilities = "" } = live;
  return `${type} ${uid}:${gid} ${mode.toString(8)} ${acl.join()} ${capabilities}`;
}

/** The paths that the product leaves alone: it has no step for them, and makes, closes or moves no entry in them. */
function unchanged(before: Entries, { todo }: End): Bytes[] {
  const touched = new Set(todo.map(({ path }) => path));
  const parents = new Set(
    todo.filter(({ action }) => action !== "set").map(({ path }) => path.split("/").slice(0, -1).join("/") || "."),
  );
  const isReplaced = todo.some(({ action }) => action === "replace");
  return [...before]
    .filter(([path, live]) => {
      if (touched.has(path) || (path === "." && isReplaced)) return false;
      if (todo.some((step) => step.action === "replace" && path.startsWith(`${step.path}/`))) return false;
      return live.type !== "directory" || (isCold(live) && !parents.has(path));
    })
    .map(([path]) => path);
}

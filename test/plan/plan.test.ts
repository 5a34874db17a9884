import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { expectationOf } from "../../provider/intent/expectation";
import { isRefusal } from "../../provider/intent/finding";
import { formatOwner, type Owner, sameOwner } from "../../provider/intent/owner";
import { type Plan, plan } from "../../provider/plan/plan";
import { steps } from "../../provider/plan/steps";
import { findingText } from "../../provider/render/text/findings/finding-text";
import { pathsOf } from "../support/findings";
import { type Case, followed, mergedOf, observationOf, ownersOf, planOf, textsOf } from "./golden";
import { applied, commandsOf, looserThan } from "./simulated-host";
import { anyCase, sameLive } from "./tree";

const runs = { numRuns: 400 };
const ownedBy = ({ differences }: Plan, owners: readonly Owner[]) =>
  differences.filter(({ owner }) => owners.some((one) => sameOwner(one, owner)));

/** Differences and refusals by owner, without an order. */
function summary(of: Plan): unknown {
  const refusals = of.findings
    .filter(isRefusal)
    .map((one) => `${one.by ? formatOwner(one.by) : ""}: ${findingText(one)}`);
  return {
    texts: textsOf(of).map(String).sort(),
    refusals: refusals.sort(),
    undeclared: pathsOf(of, "undeclared-entry"),
  };
}

function reversed<T>(record: Readonly<Record<string, T>> | undefined): Record<string, T> {
  return Object.fromEntries(Object.entries(record ?? {}).reverse());
}

describe("a plan", () => {
  test("once its steps are done has no difference left for their owners, and nothing else was touched", async () => {
    let worked = 0;
    await fc.assert(
      fc.asyncProperty(anyCase, async (given) => {
        const { merged, observation, plan: before } = planOf(given);
        const owners = ownersOf(given, merged);
        const todo = steps(before, owners);
        if (todo.length > 0) worked++;
        const entries = await applied(observation.entries, todo);
        const left = plan(merged, { ...observation, entries });
        expect(ownedBy(left, owners)).toStrictEqual([]);
        expect(steps(left, owners)).toStrictEqual([]);
        const touched = new Set(todo.map(({ path }) => path));
        const replaced = todo.filter(({ action }) => action === "replace").map(({ path }) => `${path}/`);
        for (const [path, live] of observation.entries)
          if (!touched.has(path) && !replaced.some((above) => path.startsWith(above)))
            assert.ok(sameLive(live, entries.get(path)), path);
      }),
      runs,
    );
    assert.ok(worked > runs.numRuns / 2, `only ${worked} cases had anything to do`);
  });

  // A jailed process may look at any moment between two commands, so the check follows the product's own order.
  test("on the way gives nobody a permission that neither the old state nor the new one has", async () => {
    let between = 0;
    await fc.assert(
      fc.asyncProperty(anyCase, async (given) => {
        const { merged, observation, plan: before } = planOf(given);
        const commands = await commandsOf(steps(before, ownersOf(given, merged)));
        between += commands.length;
        expect(looserThan(observation.entries, commands)).toStrictEqual([]);
      }),
      { numRuns: 800 },
    );
    assert.ok(between > 800, `only ${between} moments`);
  });

  test("has steps for nothing but paths of the converged resources' differences, each once, parents first", () => {
    fc.assert(
      fc.property(anyCase, fc.nat(), (given, pick) => {
        const { merged, plan: before } = planOf(given);
        const all = ownersOf(given, merged);
        const owners = all.filter((_, at) => ((pick >> at) & 1) === 1);
        const todo = steps(before, owners).map(({ path }) => path);
        const own = new Set(ownedBy(before, owners).map(({ path }) => path));
        assert.ok(todo.every((path) => own.has(path)));
        expect(new Set(todo).size).toBe(todo.length);
        for (const [at, path] of todo.entries())
          assert.ok(!todo.slice(0, at).some((before) => before.startsWith(`${path}/`)), `${path} comes after ${todo}`);
      }),
      runs,
    );
  });

  test("repairs the fields of the converged resources and keeps those of the others as they are live", () => {
    fc.assert(
      fc.property(anyCase, fc.nat(), (given, pick) => {
        const { merged, observation, plan: before } = planOf(given);
        const owners = ownersOf(given, merged).filter((_, at) => ((pick >> at) & 1) === 1);
        const own = ownedBy(before, owners);
        const expectation = expectationOf(merged.intent);
        for (const { path, action, owner, mode, acl } of steps(before, owners)) {
          if (action !== "set") continue;
          const live = observation.entries.get(path);
          const wants = own.filter((difference) => difference.path === path).map(({ want }) => want);
          const uid = wants.find((want) => want.uid !== undefined)?.uid ?? live?.uid;
          const gid = wants.find((want) => want.gid !== undefined)?.gid ?? live?.gid;
          assert.deepEqual(owner ?? { uid: live?.uid, gid: live?.gid }, { uid, gid }, path);
          // chown removes setuid and setgid from a file, and then the old owner can change nothing more: the declared attributes stay.
          const special = expectation.at(path, live?.type ?? "unknown")?.special?.hold;
          const taken = 0o6000 & ~(special?.is === "value" ? special.value : 0);
          const left = owner && live?.type === "file" ? live.mode & ~taken : live?.mode;
          // The group bits of an inode with an ACL are its mask, which goes and comes with it.
          const kept = acl ? 0o7707 : 0o7777;
          if (wants.every((want) => want.mode === undefined))
            assert.equal((mode ?? left ?? 0) & kept, (left ?? 0) & kept, path);
        }
      }),
      runs,
    );
  });

  test("does not depend on the order in which resources are declared and registered", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const jail = (args: Case["jail"]) => ({
          ...args,
          directories: reversed(args?.["directories"] as Record<string, string>),
          writable: reversed(args?.["writable"] as Record<string, string>),
        });
        const other: Case = {
          ...given,
          jail: jail(given.jail),
          rules: reversed(given.rules as Record<string, Record<string, unknown>>),
          records: [...(given.records ?? [])].reverse(),
        };
        const merged = followed(mergedOf(other), observationOf(other));
        const shuffled = { ...merged, intent: { ...merged.intent, claims: [...merged.intent.claims].reverse() } };
        expect(summary(plan(merged, observationOf(other)))).toStrictEqual(summary(planOf(given).plan));
        expect(summary(plan(shuffled, observationOf(other)))).toStrictEqual(summary(planOf(given).plan));
      }),
      runs,
    );
  });

  test("does not depend on the order of a scan", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { merged, observation, plan: straight } = planOf(given);
        const entries = new Map([...observation.entries].reverse());
        expect(summary(plan(merged, { ...observation, entries }))).toStrictEqual(summary(straight));
      }),
      runs,
    );
  });

  test("expects nothing at all of what is excluded", () => {
    fc.assert(
      fc.property(anyCase, (given) => {
        const { merged, plan: found } = planOf(given);
        const { excluded } = expectationOf(merged.intent);
        assert.ok(found.differences.every(({ path }) => !excluded(path)));
      }),
      runs,
    );
  });
});

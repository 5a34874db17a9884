import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Bytes } from "../../../provider/model/bytes";
import type { Live } from "../../../provider/model/entry";
import { formatMode, isCold } from "../../../provider/model/mode";
import type { Observation, Sealed } from "../../../provider/observe/observation";
import { plan } from "../../../provider/plan/plan";
import {
  asOpened,
  deferOpening,
  inOpeningOrder,
  leftHot,
  stillSealed,
  withPaths,
  withSubtrees,
} from "../../../provider/plan/seal/seal";
import { isStable, isWithin, zoneOf } from "../../../provider/plan/seal/zone";
import { type Step, steps } from "../../../provider/plan/steps";
import { observationOf, ownersOf, planOf, stepText } from "../golden";
import { after, type Command, commandsOf, looserThan, type Tree } from "../simulated-host";
import { anyCase } from "../tree";

const at = (path: string) => path as Bytes;
const treeOf = (entries: Record<string, string>, root?: string): Tree =>
  observationOf({ name: "", expect: {}, entries, ...(root ? { root } : {}) }).entries;
const sealedOf = (tree: Tree, path: string, more: Partial<Sealed> = {}): Sealed => {
  const { inode = "", uid = 0, gid = 0, mode = 0 } = tree.get(at(path)) ?? {};
  return { path: at(path), inode, uid, gid, mode, ...more };
};
const dir = "directory root:named 0750";

describe("what a cut run has left closed", () => {
  const tree = treeOf({
    spool: dir,
    "spool/in": dir,
    open: "directory root:named 0770",
    "open/x": dir,
    f: "file root:named 0640",
  });
  const left = (...sealed: Sealed[]) => stillSealed(tree, sealed).map(({ path }) => path);

  test("is still closed where the same directory is there, and nobody but root can have put it there", () => {
    const was = { uid: 53, mode: 0o770 };
    expect(left(sealedOf(tree, "spool", was), sealedOf(tree, "spool/in", was))).toStrictEqual(["spool", "spool/in"]);
  });

  test("is nobody's any more where another inode has the name, or none, or no directory", () => {
    expect(left(sealedOf(tree, "spool", { inode: "1:1" }), sealedOf(tree, "gone"), sealedOf(tree, "f"))).toStrictEqual(
      [],
    );
  });

  test("is open already where others may write in it again", () => {
    expect(left(sealedOf(tree, "open"))).toStrictEqual([]);
  });

  test("is not believed below a directory in which others may rename it", () => {
    expect(left(sealedOf(tree, "open/x"))).toStrictEqual([]);
  });

  test("is opened as the last record says where two runs have left it", () => {
    const [only, ...more] = stillSealed(tree, [
      sealedOf(tree, "spool", { mode: 0o700 }),
      sealedOf(tree, "spool", { mode: 0o770 }),
    ]);
    expect([only?.mode, more]).toStrictEqual([0o770, []]);
  });

  test("is compared as it will be, and nothing else is changed for that", () => {
    const opened = asOpened(tree, [
      sealedOf(tree, "spool", { uid: 53, mode: 0o770 }),
      sealedOf(tree, "f", { mode: 0 }),
      sealedOf(tree, "gone"),
    ]);
    expect({ ...opened.get(at("spool")), inode: "" }).toStrictEqual({
      ...tree.get(at("spool")),
      inode: "",
      uid: 53,
      mode: 0o770,
    });
    for (const path of ["f", "spool/in", "open"]) expect(opened.get(at(path))).toBe(tree.get(at(path)));
    expect(opened.size).toBe(tree.size);
    expect(asOpened(tree, [])).toBe(tree);
  });
});

describe("a second look", () => {
  const tree = treeOf({ a: dir, "a/x": "file root:named 0640", "a-b": dir, ab: dir });
  const seen = treeOf({ "a/y": "file bob:bob 0600", ab: "directory bob:bob 0700" });

  test("at subtrees replaces all that was known of them, and nothing beside", () => {
    const only = new Map([...seen].filter(([path]) => path === "a/y"));
    expect([...withSubtrees(tree, [at("a")], only).keys()].sort()).toStrictEqual([".", "a-b", "a/y", "ab"]);
    expect([...withSubtrees(tree, [at(".")], only).keys()]).toStrictEqual(["a/y"]);
    expect(withSubtrees(tree, [], only)).toBe(tree);
  });

  test("at single paths replaces those, and forgets what was not found", () => {
    const now = withPaths(tree, [at("ab"), at("a/x")], seen);
    expect([...now.keys()].sort()).toStrictEqual([".", "a", "a-b", "ab"]);
    expect(now.get(at("ab"))?.uid).toBe(1000);
    expect(now.get(at("a"))).toBe(tree.get(at("a")));
  });
});

describe("directories that could not be closed", () => {
  test("are told of within the zone, as far as commands reach", () => {
    const tree = treeOf({
      a: "directory root:named 0770",
      "a/b": "directory bob:bob 0700",
      "a/c": dir,
      z: "directory bob:bob 0777",
      "a/f": "file bob:bob 0777",
    });
    expect(leftHot(tree, [at("a")], () => true)).toStrictEqual(["a", "a/b"]);
    expect(leftHot(tree, [at("a")], (path) => path !== "a/b")).toStrictEqual(["a"]);
    expect(leftHot(tree, [], () => true)).toStrictEqual([]);
  });
});

describe("the opening of directories", () => {
  const tree = treeOf({ a: dir, "a/b": dir, c: dir, f: "file root:named 0640" });
  const set = (path: string, rest: Partial<Step>): Step => ({ path: at(path), action: "set", ...rest });
  const deferred = (sealed: Sealed[], ...todo: Step[]) => {
    const done = deferOpening(tree, sealed, todo);
    const opened = done.sealed.map(({ path, uid, gid, mode }) => `${path} ${uid}:${gid} ${formatMode(mode)}`);
    return { opened, now: done.now.map(stepText) };
  };

  test("is put off, and they are another's only when it is done", () => {
    expect(deferred([], set("a", { owner: { uid: 53, gid: 1000 }, mode: 0o770 }))).toStrictEqual({
      opened: ["a 53:1000 0770"],
      now: ["set a 0:1000"],
    });
    expect(deferred([], set("a", { mode: 0o775 }))).toStrictEqual({ opened: ["a 0:53 0775"], now: ["set a 0755"] });
  });

  test("of one that is closed already gives it what is declared, not what it had", () => {
    const was = { uid: 53, gid: 53, mode: 0o777 };
    expect(deferred([sealedOf(tree, "a", was)], set("a", { owner: { uid: 0, gid: 53 }, mode: 0o750 }))).toStrictEqual({
      opened: ["a 0:53 0750"],
      now: ["set a"],
    });
    expect(deferred([sealedOf(tree, "a", was)], set("c", { mode: 0o700 }))).toStrictEqual({
      opened: ["a 53:53 0777"],
      now: ["set c 0700"],
    });
  });

  test("is no matter for files, nor for directories that stay closed", () => {
    const todo = [set("f", { mode: 0o666 }), set("c", { mode: 0o755 })];
    expect(deferred([], ...todo)).toStrictEqual({ opened: [], now: todo.map(stepText) });
  });

  test("of one that is made for the daemon comes last too", () => {
    const make: Step = { path: at("c/run"), action: "make", owner: { uid: 53, gid: 53 }, mode: 0o770 };
    expect(deferred([], make)).toStrictEqual({ opened: ["c/run 53:53 0770"], now: ["make c/run 0:53 0750"] });
  });

  test("goes from the deepest up", () => {
    const sealed = ["a", ".", "a/b", "c"].map((path) => sealedOf(tree, path, { mode: path === "c" ? 0o770 : 0o777 }));
    expect(inOpeningOrder(sealed).map(({ path }) => path)).toStrictEqual(["a/b", "c", "a", "."]);
  });
});

/** The commands of one run: the seal, the product's steps, the opening. */
async function runOf(observation: Observation, planned: readonly Step[]): Promise<Command[]> {
  const { entries } = observation;
  const zone = zoneOf(entries, planned);
  const hot = [...entries].filter(([path, live]) => live.type === "directory" && !isCold(live) && isWithin(path, zone));
  const command = (name: string, argument: string, path: Bytes): Command => ({ name, argument, path });
  const closing = hot.flatMap(([path, { gid, mode }]) => [
    command("chown", `0:${gid}`, path),
    command("chmod", formatMode(mode & ~0o022), path),
  ]);
  const closed = closing.reduce(after, new Map(entries));
  const sealed = hot.map(([path, { inode, uid, gid, mode }]): Sealed => ({ path, inode, uid, gid, mode }));
  const deferred = deferOpening(closed, sealed, planned);
  const opening = inOpeningOrder(deferred.sealed).flatMap(({ path, uid, gid, mode }) => [
    command("chmod", formatMode(mode), path),
    command("chown", `${uid}:${gid}`, path),
  ]);
  return [...closing, ...(await commandsOf(deferred.now)), ...opening];
}

describe("a run that closes what the daemon may write in", () => {
  test("leaves the jail as one that closes nothing would", async () => {
    let deferrals = 0;
    await fc.assert(
      fc.asyncProperty(anyCase, async (given) => {
        const { merged, observation, plan: before } = planOf(given);
        const todo = steps(before, ownersOf(given, merged));
        const commands = await runOf(observation, todo);
        const entries = commands.reduce(after, new Map(observation.entries));
        const straight = (await commandsOf(todo)).reduce(after, new Map(observation.entries));
        if (commands.length > (await commandsOf(todo)).length) deferrals++;
        expect(sorted(entries)).toStrictEqual(sorted(straight));
        expect(plan(merged, { ...observation, entries }).differences.length).toStrictEqual(
          plan(merged, { ...observation, entries: straight }).differences.length,
        );
      }),
      { numRuns: 200 },
    );
    assert.ok(deferrals > 20, `only ${deferrals} runs have closed anything`);
  });

  test("gives nobody a permission that neither the old state nor the new one has", async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async (given) => {
        const { merged, observation, plan: before } = planOf(given);
        const commands = await runOf(observation, steps(before, ownersOf(given, merged)));
        expect(looserThan(observation.entries, commands)).toStrictEqual([]);
      }),
      { numRuns: 800 },
    );
  });

  test("touches no name in a directory that is another's at that moment", async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async (given) => {
        const { merged, observation, plan: before } = planOf(given);
        let now: Tree = observation.entries;
        for (const command of await runOf(observation, steps(before, ownersOf(given, merged)))) {
          assert.ok(isStable(now, command.path), `${command.name} ${command.path}`);
          now = after(now, command);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function sorted(tree: Tree): [Bytes, Live][] {
  return [...tree].sort(([one], [other]) => (one < other ? -1 : 1));
}

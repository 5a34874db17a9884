import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import type { Live } from "../../provider/model/entry";
import { ancestors } from "../../provider/model/path";
import type { Difference } from "../../provider/plan/difference";
import { steps } from "../../provider/plan/steps";
import { type Case, ownersOf, planOf, stepText } from "./golden";

function stepsOf(given: Omit<Case, "name" | "expect">): string[] {
  const all: Case = { name: "", expect: {}, ...given };
  const { merged, plan } = planOf(all);
  return steps(plan, ownersOf(all, merged)).map(stepText);
}

describe("the steps of a plan", () => {
  test("never give a file what a rule declares of the directory that has to be in its place", () => {
    const given = {
      jail: { directories: { run: "the PID file" } },
      rules: { run: { match: "run", owner: "bob", directoryMode: "0775" } },
      entries: { run: "file named:named 0640" },
    };
    const alone = stepsOf({ ...given, converge: ["PermissionRule::run"] });
    assert.ok(!alone.some((step) => /^set run.* 0775/.test(step)), String(alone));
    expect(stepsOf(given)).toStrictEqual(["replace run 1000:53 0775"]);
  });

  test("make a missing directory for whichever of its owners comes first, closed until the others come", () => {
    const given = {
      jail: { directories: { run: "the PID file" } },
      rules: { run: { match: "run", group: "bob" } },
    };
    expect(stepsOf({ ...given, converge: ["PermissionRule::run"] })).toStrictEqual(["make run 0:1000"]);
    expect(stepsOf({ ...given, converge: ["Jail::named"] })).toStrictEqual(["make run 0750"]);
  });

  test("make nothing below what stands in the way of a directory, unless that is made in the same run", () => {
    const given = {
      jail: { writable: { run: "the daemon's" }, directories: { "run/keys/deep": "a place for keys" } },
      rules: { deep: { match: "run/keys/deep", owner: "bob" } },
      // The daemon has put a link there: to make run/keys/deep through it would make a directory outside the jail.
      entries: { run: "directory root:named 0770", "run/keys": "link named:named 0777 -> /srv/outside" },
    };
    expect(stepsOf({ ...given, converge: ["PermissionRule::deep"] })).toStrictEqual([]);
    const both = stepsOf(given);
    expect(both.map((step) => step.split(" ").slice(0, 2).join(" "))).toStrictEqual([
      "replace run/keys",
      "make run/keys/deep",
    ]);
  });

  test("are none for resources that have no difference, and none for another stack's", () => {
    expect(stepsOf({ rules: { a: { match: "x", owner: "root" } }, converge: ["PermissionRule::a"] })).toStrictEqual([]);
    const foreign = { kind: "PermissionRule", token: "t", label: "PermissionRule::a", stack: "proj/other" };
    const jail = { kind: "Jail", token: "jail-named", label: "Jail::named", stack: "proj/dev", args: {} };
    const records = [jail, { ...foreign, args: { match: "x", owner: "bob" } }];
    const rules = { a: { match: "y", owner: "bob" } };
    const entries = { x: "file root:named 0640", y: "file bob:named 0640" };
    assert.deepEqual(stepsOf({ records, rules, entries }), [], "the same name in another stack is another resource");
  });

  test("put a file without the owner, mode and ACL of one that has other names and is in its place", () => {
    const at = "data/page" as Bytes;
    const live: Live = {
      type: "file",
      uid: 1000,
      gid: 1000,
      mode: 0o666,
      links: 2,
      inode: "1:7",
      acl: ["default:user:7:rwx", "user:7:rwx"],
    };
    const both = { path: at, live, keep: { special: 0, capabilities: "" }, reason: "a test" };
    const [jail, file] = [{ label: "Jail::named" }, { label: "JailFile::page" }];
    const put = { claim: { by: file, reason: "a test", at, is: { type: "file" } } } as const;
    const differences: Difference[] = [
      {
        ...both,
        owner: jail,
        want: { uid: 0, gid: 53, mode: { bits: 0o640, mask: 0o7777 }, acl: [] },
        blocked: { problem: "names-disagree", names: 2 },
      },
      { ...both, owner: file, want: {}, put },
    ];
    const plan = {
      differences,
      refusals: [],
      unchecked: [],
      foreignMounts: [],
      channels: [],
      undeclared: { paths: [], count: 0 },
      dead: [],
    };
    expect(steps(plan, [jail, file]).map(stepText)).toStrictEqual(["put data/page 0:53 0640"]);
    // No other owner is converged, so the file keeps the old attributes, except the ones that only a directory can have.
    expect(steps(plan, [file]).map(stepText)).toStrictEqual(["put data/page 1000:1000 acl=user:7:rwx 0666"]);
    assert.deepEqual(steps(plan, [jail]), [], "the old one is not changed");
  });

  test("come parents first, however deep", () => {
    const found = stepsOf({ jail: { directories: { "a/b/c/d": "deep", "a-b": "a name that sorts between" } } });
    const paths = found.map((step) => (step.split(" ")[1] ?? "") as Bytes);
    for (const [at, path] of paths.entries())
      for (const parent of ancestors(path)) assert.ok(paths.indexOf(parent) < at, `${parent} comes after ${path}`);
    expect(paths.length).toBe(5);
  });
});

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { accessEntries } from "../../provider/model/acl";
import { rightsOf } from "../../provider/plan/checks/access";
import { byWeight } from "../../provider/plan/weight";
import { groupName, groupText } from "../../provider/render/text/group-text";
import { forecast, summarize } from "../../provider/render/text/summary";
import { planOf } from "./golden";

type Entries = Record<string, string>;
const differencesOf = (entries: Entries, more: object = {}) =>
  [...planOf({ name: "", entries, expect: {}, ...more }).plan.differences].sort(byWeight);
const weightsOf = (entries: Entries, more: object = {}) =>
  Object.fromEntries(differencesOf(entries, more).map(({ path, weight }) => [path, weight?.class]));

describe("what a subject may do", () => {
  const inode = { uid: 0, gid: 53, mode: 0o640 };
  test("is decided by the first class that it is in", () => {
    expect(rightsOf({ uid: 53, gids: [53] }, inode)).toBe(4);
    expect(rightsOf({ uid: 1, gids: [1] }, inode)).toBe(0);
    assert.equal(rightsOf({ uid: 53, gids: [53] }, { ...inode, uid: 53, mode: 0o070 }), 0, "its owner");
    assert.equal(rightsOf({ gids: [53] }, { ...inode, mode: 0o604 }), 0, "its group");
  });

  test("is what an ACL gives it, within the mask", () => {
    const acl = ["group:7:r-x", "group::---", "user:53:rwx"];
    const at = { ...inode, mode: 0o650, acl };
    expect(rightsOf({ uid: 53, gids: [] }, at)).toBe(5);
    expect(rightsOf({ uid: 1, gids: [7, 53] }, at)).toBe(5);
    expect(rightsOf({ uid: 1, gids: [53] }, at)).toBe(0);
    assert.equal(rightsOf({ uid: 1, gids: [53] }, { ...inode, acl: ["group::rwx"] }), 4, "a mask and no names");
    expect(accessEntries(["default:user:1:rwx", "group::r--"])).toStrictEqual([]);
  });
});

describe("a difference weighs", () => {
  test("by what it gives, or has: root, more than now, execute, an owner, anything else", () => {
    expect(
      weightsOf({
        a: "file root:named 0644",
        b: "file root:bob 0644",
        c: "file root:named 0750",
        d: "file root:root 0640",
        e: "file named:named 2755",
        f: "file root:named 0640 caps=cap_chown=ep",
        g: "file root:named 4755",
        h: "character device root:root 0666",
      }),
    ).toStrictEqual({
      f: "gains root",
      g: "gains root",
      h: "gains root",
      e: "gains root",
      d: "looser",
      c: "takes execute",
      b: "owner",
      a: "other",
    });
  });

  test("in the order of these, root's own before the daemon's", () => {
    const paths = differencesOf({
      a: "file named:named 4755",
      z: "file root:named 4755",
      b: "file named:named 0644",
      y: "file root:bob 0644",
    }).map(({ path }) => path);
    expect(paths).toStrictEqual(["z", "a", "y", "b"]);
  });

  test("as looser where the daemon can do more by an owner, a group or an ACL; not where it cannot get there", () => {
    const closed = { rules: { shut: { match: "shut", owner: "root", group: "root", directoryMode: "0700" } } };
    expect(
      weightsOf(
        {
          acl: "file root:named 0640 acl=group::r--,user:53:---",
          group: "file root:root 0640",
          root: "file root:bob 0644",
          shut: "directory root:root 0700",
          "shut/x": "file root:root 0640",
        },
        closed,
      ),
    ).toStrictEqual({ acl: "looser", group: "looser", root: "owner", "shut/x": "owner" });
  });

  test("as looser where two resources open it only together", () => {
    const rules = { owner: { match: "x", owner: "root", group: "bob", fileMode: "0044" } };
    const found = differencesOf({ x: "file named:bob 0044 acl=group::r--,user:53:---" }, { rules });
    expect(found.map(({ owner, weight }) => `${owner.label} ${weight?.class}`).sort()).toStrictEqual([
      "Jail::named looser",
      "PermissionRule::owner looser",
    ]);
  });
});

describe("many differences", () => {
  const entryOf = fc.constantFrom(
    "file root:named 0777",
    "file named:named 0666",
    "file named:named 4755",
    "file root:root 0600",
    "file root:bob 0644",
  );
  const name = fc.constantFrom("a", "b", "c", "d");
  const tree = fc.dictionary(
    fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => `${parts.join("/")}/f`),
    entryOf,
    { maxKeys: 120 },
  );

  test("are all told, each by itself or in one group, within the limit but for the worst, which are never in a group", () => {
    fc.assert(
      fc.property(tree, fc.integer({ min: 4, max: 30 }), (entries, limit) => {
        const all = differencesOf(entries);
        const { each, groups } = summarize(all, limit);
        const told = [...each, ...groups.flatMap(({ differences }) => differences)];
        expect(told.length).toBe(all.length);
        expect(new Set(told).size).toBe(all.length);
        const worst = (one: (typeof all)[number]) => ["gains root", "looser"].includes(one.weight?.class ?? "");
        assert.ok(!groups.some(({ differences }) => differences.some(worst)));
        expect(each.length + groups.length).toBeLessThanOrEqual(
          Math.max(limit, all.filter(worst).length + Math.ceil(limit / 2)),
        );
        assert.equal(new Set(groups.map(groupName)).size, groups.length, "a name for each");
        for (const { at, differences } of groups)
          assert.ok(differences.every(({ path }) => at === "." || path.startsWith(`${at}/`)));
        if (all.length <= Math.min(limit, 5)) expect(groups).toStrictEqual([]);
      }),
    );
  });

  test("that are alike are one line for each directory, below the limit too, and the others are single", () => {
    const many = (directory: string, count: number, entry: string, end = "") =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`${directory}/f${at}${end}`, entry]));
    const tree = Object.assign(
      { d: "directory root:named 0750", e: "directory root:named 0750" },
      ...[many("etc/zones", 40, "file root:named 0666", ".db"), many("d", 6, "file root:named 0644")],
      ...[many("e", 5, "file root:named 0644"), many("s", 6, "file root:named 4755")],
      ...Array.from({ length: 10 }, (_, at) => many(`www/${at}`, 4, "file root:named 0660", ".html")),
      { "etc/zones/x": "file root:named 0666" },
    ) as Record<string, string>;
    const { each, groups } = summarize(differencesOf(tree), 200);
    const { principals } = planOf({ name: "", expect: {} }).observation;
    expect(groups.map((one) => `${groupName(one)}: ${groupText(one, { principals }).pair}`)).toStrictEqual([
      "d/*: 6 files root:named 0644 => root:named 0640",
      "etc/zones/*: 41 files root:named 0666 => root:named 0640",
      "www/**/*.html: 40 files root:named 0660 => root:named 0640",
    ]);
    const files = each.filter(({ live }) => live?.type === "file").map(({ path }) => path.split("/")[0]);
    expect(files).toStrictEqual([...Array(6).fill("s"), ...Array(5).fill("e")]);
  });

  test("that are alike in more ways than a line has room for are single", () => {
    const modes = ["0644", "0660", "0664", "0666", "0646", "0662"];
    const kind = (mode: string, at: number) =>
      Array.from({ length: 6 }, (_, each) => [
        `www/f${at}-${each}`,
        `file ${at === 0 ? "root:bob" : "named:named"} ${mode}`,
      ]);
    const tree = Object.fromEntries(modes.flatMap(kind));
    const { each, groups } = summarize(differencesOf({ ...tree, www: "directory root:named 0750" }), 200);
    expect([each.length, groups]).toStrictEqual([36, []]);
  });

  test("to be moved away are in one group with those of the same name that stay", () => {
    const entries = Object.fromEntries(
      Array.from({ length: 8 }, (_, at) => [`a/${at}.db`, `file root:named ${at < 6 ? "0660" : "0640"}`]),
    );
    const { plan, observation } = planOf({
      name: "",
      jail: { undeclared: "prune", directories: { a: "x" } },
      rules: { r: { match: "a/[0-5].db" } },
      entries: { a: "directory root:named 0750", ...entries },
      expect: {},
    });
    const { groups } = forecast(plan.differences, 20);
    expect(groups.map((one) => `${groupName(one)}: ${groupText(one, observation).pair}`)).toStrictEqual([
      "a/*.db: 6 files root:named 0660 => root:named 0640; 2 files => absent",
    ]);
  });

  test("that a daemon makes do not push root's own out, however many directories they are in", () => {
    const noise = Object.fromEntries(
      Array.from({ length: 3000 }, (_, at) => [`var/d${at}/${at % 7}/f`, "file named:named 0666"]),
    );
    const planted = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`a/s${at}`, "file named:named 4755"]));
    const own = {
      "etc/x.conf": "file root:named 0666",
      "etc/y.conf": "file root:bob 0644",
      "z/su": "file root:named 4755",
    };
    const { each, groups } = summarize(differencesOf({ ...noise, ...planted, ...own }), 20);
    const paths = each.map(({ path }) => path as string);
    expect(paths[0]).toBe("z/su");
    expect(paths.filter((path) => path.startsWith("a/s")).length).toBe(200);
    assert.ok(paths.includes("etc/x.conf") && paths.includes("etc/y.conf"), "by their names");
    expect(groups.map(groupName)).toStrictEqual(["var/**"]);
    const { principals } = planOf({ name: "", expect: {} }).observation;
    const [group] = groups;
    assert.ok(group);
    expect(groupText(group, { principals }).pair).toBe("3,000 files named:named 0666 => root:named 0640");
  });

  test("that go as nobody declares them are a count for each directory, and one that stays is told by itself", () => {
    const given = (entries: Record<string, string>) =>
      planOf({ name: "", jail: { undeclared: "prune", directories: { a: "x", b: "x" } }, entries, expect: {} }).plan
        .differences;
    const entries = {
      "a/one": "file root:named 0640",
      "a/two": "file bob:named 0600",
      "a/tree": "directory root:named 0750",
      "a/tree/deep": "directory root:named 0750",
      "a/tree/deep/file": "file root:named 0640",
      "a/queue": "directory bob:bob 0700",
      "b/alone": "file root:named 0640",
    };
    const told = (limit: number) => {
      const { each, groups } = forecast(
        given({ a: "directory root:named 0750", b: "directory root:named 0750", ...entries }),
        limit,
      );
      const { principals } = planOf({ name: "", expect: {} }).observation;
      return [
        each.map(({ path }) => path as string).sort(),
        groups.map((one) => `${groupName(one)}: ${groupText(one, { principals }).pair}`),
      ];
    };
    const group = "a/*: 2 files => absent; 1 directory (2 entries below) => absent";
    expect(told(20)).toStrictEqual([["a/queue", "b/alone"], [group]]);
    const many = Object.fromEntries(
      Array.from({ length: 90 }, (_, at) =>
        at < 30 ? [`b/d${at}`, "directory root:named 0750"] : [`b/d${at % 30}/f${at}`, "file root:named 0640"],
      ),
    );
    const directories = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`b/d${at}`, "x"]));
    const { plan } = planOf({
      name: "",
      jail: { undeclared: "prune", directories },
      entries: { b: "directory root:named 0750", ...many },
      expect: {},
    });
    const { groups } = forecast(
      plan.differences.filter(({ prune }) => prune),
      20,
    );
    assert.deepEqual(groups.map(groupName), ["b/**"], "a line for each of very many directories would be too many");
  });

  test("are summed up in a group to the last one, however many ways there are", () => {
    const entries = Object.fromEntries(
      Array.from({ length: 60 }, (_, at) => [`d/f${at}`, `file ${2000 + (at % 30)}:bob 0644`]),
    );
    const { groups } = summarize(differencesOf({ ...entries, d: "directory root:named 0750" }), 20);
    const { principals } = planOf({ name: "", expect: {} }).observation;
    const [group, ...more] = groups;
    assert.ok(group && more.length === 0);
    const { pair, live, declared } = groupText(group, { principals });
    expect(pair).toMatch(/^2 files 20\d\d:bob 0644 => root:named 0640; .*; 50 more in 25 other ways$/);
    expect(live).not.toBe(declared);
  });
});

import assert from "node:assert/strict";
import { expect, test } from "@jest/globals";
import type { Bytes } from "../../provider/model/bytes";
import type { Live } from "../../provider/model/entry";
import { heaviest } from "../../provider/plan/wide";

const root: Live = { type: "directory", uid: 0, gid: 0, mode: 0o755, links: 2, inode: "1:1" };
const daemon: Live = { ...root, uid: 33 };

/** Directories, and how many files each has. */
function tree(directories: Readonly<Record<string, readonly [Live, number]>>): Map<Bytes, Live> {
  const entries = new Map<Bytes, Live>([["." as Bytes, root]]);
  for (const [path, [live, count]] of Object.entries(directories)) {
    entries.set(path as Bytes, live);
    for (let n = 0; n < count; n++)
      entries.set((path === "." ? `f${n}` : `${path}/f${n}`) as Bytes, { ...live, type: "file" });
  }
  return entries;
}

test("what is too much is the deepest directory that holds nearly all of it", () => {
  const one = tree({
    var: [root, 2],
    "var/w": [daemon, 3],
    "var/w/a": [daemon, 10],
    "var/w/b": [daemon, 900],
    usr: [root, 400],
  });
  expect(heaviest(one, true)).toStrictEqual(["var/w/b"]);
  assert.deepEqual(heaviest(one, false), ["var/w"], "where others may write, as the rest of it is not known yet");
});

test("what others may write in goes before what root has made, however much that is", () => {
  const small = tree({ usr: [root, 500], tmp: [daemon, 100] });
  expect(heaviest(small, true)).toStrictEqual(["tmp", "usr"]);
  const large = tree({ usr: [root, 500], tmp: [daemon, 600] });
  expect(heaviest(large, true)).toStrictEqual(["tmp"]);
  expect(heaviest(tree({ usr: [root, 500], etc: [root, 5] }), true)).toStrictEqual(["usr"]);
});

test("of a thousand small ones there are as many as a command takes, and none of the root's own files", () => {
  const many = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`d${n}`, [daemon, 10] as const]));
  expect(heaviest(tree(many), true).length).toBe(100);
  const long = Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [`${n}`.padStart(3000, "d"), [daemon, 10] as const]),
  );
  expect(heaviest(tree(long), true).length).toBe(10);
  expect(heaviest(tree({ ".": [root, 1000] }), true)).toStrictEqual([]);
});

test("a name that no line can hold is left out with the directory above it", () => {
  const odd = tree({ w: [daemon, 1], "w/a\nb": [daemon, 900] });
  expect(heaviest(odd, true)).toStrictEqual(["w"]);
});

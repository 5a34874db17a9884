import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { scannedEntry, statEntries } from "../../../provider/agent/channel/entry-lines";
import { fromAgent } from "../../../provider/agent/paths";
import { formatSealed, sealedRecords } from "../../../provider/agent/requests/registry-lines";
import type { Bytes } from "../../../provider/model/bytes";
import type { Live } from "../../../provider/model/entry";
import { at, inTool, lines, paths } from "../printed";

const scanned = (record: string, target: string) => scannedEntry(record, target) ?? assert.fail(record);

describe("what find prints", () => {
  test("is read field by field, and the path is the rest whatever is in it", () => {
    fc.assert(
      fc.property(paths, (all) => {
        for (const path of all) {
          const [found, live] = scanned(`f 4755 4294967294 7 2 64513:1234 4096 ${inTool(path)}`, "not a target");
          expect(found).toBe(path);
          expect(live).toStrictEqual({
            type: "file",
            mode: 0o4755,
            uid: 4_294_967_294,
            gid: 7,
            links: 2,
            inode: "64513:1234",
            size: 4096,
          });
        }
      }),
    );
  });

  test("of the root is the root, and a link has its target", () => {
    expect(scanned("d 755 0 0 3 1:2 9 .//", "")[0]).toBe(".");
    const [, live] = scanned("l 777 0 0 1 1:2 7 .//l", "a -> b\n");
    expect([live.type, live.target]).toStrictEqual(["link", "a -> b\n"]);
  });

  test("of a type that we do not know is held for nothing, and an inode that is none is nobody's", () => {
    expect(scanned("D 644 0 0 1 1:2 3 .//x", "")[1].type).toBe("unknown");
    expect(scanned("? ? ? ? ? ?:? ? .//x", "")[1].inode).toBe("");
  });

  test("with a field that is no number is of no type that we know", () => {
    const records = [
      "f 0x1ed 0 0 1 1:2 3",
      "f 644 -1 0 1 1:2 3",
      "f 644 0 root 1 1:2 3",
      "f 644 0 0  1:2 3",
      "f 648 0 0 1 1:2 3",
    ];
    for (const record of records) assert.equal(scanned(`${record} .//x`, "")[1].type, "unknown", record);
  });

  test("is no record where no path is in its place", () => {
    for (const record of ["", "noise", "f 644 0 0 1 1:2 3 /x", "f 644 0 0 1 1:2 3 4 .//x", "f 644 0 0 1 1:2 .//x"])
      assert.equal(scannedEntry(record, ""), undefined, record);
  });
});

describe("what stat prints", () => {
  const kinds = [
    ["file", "81a4", 0o644],
    ["directory", "43ff", 0o1777],
    ["link", "a1ff", 0o777],
    ["fifo", "11b4", 0o664],
    ["socket", "c1ed", 0o755],
    ["character device", "21b6", 0o666],
    ["block device", "61b0", 0o660],
    ["file", "8fed", 0o7755],
  ] as const;

  test("gives every entry under its own name, and no other, whatever the names are", () => {
    fc.assert(
      fc.property(paths, fc.nat(), (all, seed) => {
        const given = new Map(
          all.map((path, index) => [path, { kind: kinds[(index + seed) % kinds.length] ?? kinds[0], index }]),
        );
        const printed = [...given].map(
          ([path, { kind, index }]) => `${kind[1]} ${index} 7 2 1:${index} ${index} ${inTool(path)}\n`,
        );
        const wanted = [...given].map(
          ([
            path,
            {
              kind: [type, , mode],
              index,
            },
          ]): [Bytes, Live] => [path, { type, mode, uid: index, gid: 7, links: 2, inode: `1:${index}`, size: index }],
        );
        expect([...statEntries(lines(printed.join(""))).entries]).toStrictEqual(wanted);
      }),
    );
  });

  test("before the first entry is told as what nobody understands, and the root is the root", () => {
    const { entries, strange } = statEntries(["81ed 0 0 1", "noise", "41ed 0 0 3 1:2 9 .//"]);
    expect([[...entries.keys()], strange]).toStrictEqual([["."], ["81ed 0 0 1", "noise"]]);
  });
});

describe("a record of what is sealed", () => {
  test("is read as it was written, whatever the name", () => {
    fc.assert(
      fc.property(paths, (all) => {
        for (const path of [...all, at(".")]) {
          const sealed = { path, inode: "64513:77", uid: 4_294_967_294, gid: 0, mode: 0o2770 };
          expect(sealedRecords([formatSealed(sealed)])).toStrictEqual([sealed]);
        }
      }),
    );
  });

  test("is none unless it is whole, and its path below the root", () => {
    const wrong = [
      "",
      "1:2 0:0 770",
      "1:2 0:0 770 /etc",
      "1:2 0:0 770 ./etc",
      "1:2 0 770 .//x",
      "1:2 0:0 79 .//x",
      " 1:2 0:0 770 .//x",
    ];
    expect(sealedRecords(wrong)).toStrictEqual([]);
  });
});

test("a path that the agent prints begins with what no name has, and only that is taken off", () => {
  expect(fromAgent(".//")).toBe(".");
  expect(fromAgent(".//a/./b")).toBe("a/./b");
  expect(fromAgent(".//./x")).toBe("./x");
});

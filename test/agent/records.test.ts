import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  formatSealed,
  fromAgent,
  printedAcls,
  printedCapabilities,
  scannedEntry,
  sealedRecords,
  statEntries,
} from "../../provider/agent/records";
import type { Bytes } from "../../provider/model/bytes";
import type { Live } from "../../provider/model/entry";
import { hostileNames } from "../support/hostile-tree";

const at = (path: string) => path as Bytes;
// What an attacker would write to be taken for somebody else: the tools' own lines, with the little that a name may have.
const forged = [
  "x\n# file: .",
  "81ed 0 0 1 1:1 .",
  "x\n81ed 0 0 1 1:1 .",
  "f 644 0 0 1 1:1 .",
  "x\n.",
  "user::rwx",
  "x\nuser:0:rwx",
  "# file: etc",
  "1:1 0:0 777 .",
  "\\134",
  "\\",
  "\\012",
  "x\r",
];
const name = fc.oneof(fc.constantFrom(...hostileNames, ...forged), fc.constantFrom("a", "b", "etc"));
const paths = fc.uniqueArray(
  fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => at(names.join("/"))),
  { minLength: 1, maxLength: 8 },
);
/** As a shell's tr sends what a command has printed: a reply for each line. */
const lines = (printed: string) => printed.split("\n").slice(0, -1);
const inTool = (path: string) => (path === "." ? ".//" : `.//${path}`);

describe("what find prints", () => {
  test("is read field by field, and the path is the rest whatever is in it", () => {
    fc.assert(
      fc.property(paths, (all) => {
        for (const path of all) {
          const [found, live] = scannedEntry(`f 4755 4294967294 7 2 64513:1234 4096 ${inTool(path)}`, "not a target");
          assert.equal(found, path);
          assert.deepEqual(live, {
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
    assert.equal(scannedEntry("d 755 0 0 3 1:2 9 .//", "")[0], ".");
    const [, live] = scannedEntry("l 777 0 0 1 1:2 7 .//l", "a -> b\n");
    assert.deepEqual([live.type, live.target], ["link", "a -> b\n"]);
  });

  test("of a type that we do not know is held for nothing, and an inode that is none is nobody's", () => {
    assert.equal(scannedEntry("D 644 0 0 1 1:2 3 .//x", "")[1].type, "unknown");
    assert.equal(scannedEntry("? ? ? ? ? ?:? ? .//x", "")[1].inode, "");
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
        assert.deepEqual([...statEntries(lines(printed.join("")))], wanted);
      }),
    );
  });

  test("before the first entry is not one, and the root is the root", () => {
    assert.deepEqual([...statEntries(["81ed 0 0 1", "noise", "41ed 0 0 3 1:2 9 .//"]).keys()], ["."]);
  });
});

/** As getfacl escapes what it prints of a name. */
const escaped = (path: string) =>
  path.replace(/[\\\n\r]/g, (byte) =>
    byte === "\\" ? "\\\\" : `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );

describe("what getfacl prints", () => {
  const entries = ["user::rw-", "user:7:r-x\t#effective:r--", "group::r--", "mask::r--", "other::---"];

  test("gives every ACL under the name of its file, and no other", () => {
    fc.assert(
      fc.property(paths, (all) => {
        const printed = all.map((path, index) =>
          [
            `# file: ${escaped(inTool(path))}`,
            "# owner: 0",
            "# group: 0",
            "# flags: s--",
            ...entries,
            `user:${index + 100}:rwx`,
            "",
            "",
          ].join("\n"),
        );
        const wanted = all.map((path, index): [Bytes, string[]] => [
          path,
          ["group::r--", `user:${index + 100}:rwx`, "user:7:r-x"].sort(),
        ]);
        assert.deepEqual([...printedAcls(lines(printed.join("")))], wanted);
      }),
    );
  });

  test("of files without an ACL is nothing, and what stands before the first is no entry of it", () => {
    assert.deepEqual([...printedAcls(["user:0:rwx", "# file: .//x", "user::rw-", "group::r--", "other::---", ""])], []);
    assert.deepEqual([...printedAcls(["mask::rwx", "user:0:rwx", "# file: .//", ...entries]).keys()], ["."]);
  });
});

describe("what getcap prints", () => {
  test("gives the capabilities under the name of their file, in both notations, and no other", () => {
    fc.assert(
      fc.property(paths, fc.constantFrom("cap_kill=ep", "= cap_kill+ep"), (all, text) => {
        const isKnown = (path: Bytes) => all.includes(path);
        const printed = all.map((path) => `${inTool(path)} ${text}\n`);
        assert.deepEqual(
          [...printedCapabilities(lines(printed.join("")), isKnown)],
          all.map((path) => [path, "cap_kill=ep"]),
        );
      }),
    );
  });

  test("may be several clauses, behind a name that has spaces in it", () => {
    const known = new Set(["a b", "a"]);
    const found = printedCapabilities([".//a b cap_kill=ep cap_chown=i", ".//a =ep"], (path) => known.has(path));
    assert.deepEqual(
      [...found],
      [
        ["a b", "cap_chown=i cap_kill=ep"],
        ["a", "=ep"],
      ],
    );
  });

  test("of a file that no scan has found is dropped", () => {
    assert.deepEqual([...printedCapabilities([".//gone cap_kill=ep", "noise"], () => false)], []);
  });

  test("is not lost for a file because another one has a name that continues it", () => {
    // The daemon makes "x cap_chown=ep" beside x, which has two clauses: both are told of rather than neither of x.
    const known = new Set(["x", "x cap_chown=ep"]);
    const found = printedCapabilities([".//x cap_chown=ep cap_kill=i"], (path) => known.has(path));
    assert.equal(found.get(at("x")), "cap_chown=ep cap_kill=i");
  });
});

describe("a record of what is sealed", () => {
  test("is read as it was written, whatever the name", () => {
    fc.assert(
      fc.property(paths, (all) => {
        for (const path of [...all, at(".")]) {
          const sealed = { path, inode: "64513:77", uid: 4_294_967_294, gid: 0, mode: 0o2770 };
          assert.deepEqual(sealedRecords([formatSealed(sealed)]), [sealed]);
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
    assert.deepEqual(sealedRecords(wrong), []);
  });
});

test("a path that the agent prints begins with what no name has, and only that is taken off", () => {
  assert.equal(fromAgent(".//"), ".");
  assert.equal(fromAgent(".//a/./b"), "a/./b");
  assert.equal(fromAgent(".//./x"), "./x");
});

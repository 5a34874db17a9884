import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { emptyList } from "../../../provider/agent/channel/reply";
import {
  failedLooks,
  noteUnread,
  printedAcls,
  printedCapabilities,
} from "../../../provider/agent/requests/acls-and-capabilities";
import type { Bytes } from "../../../provider/model/bytes";
import type { Live } from "../../../provider/model/entry";
import { at, inTool, lines, paths } from "../printed";

/** Escapes a name as getfacl does in its output. */
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
        expect([...printedAcls(lines(printed.join(""))).found]).toStrictEqual(wanted);
      }),
    );
  });

  test("of files without an ACL is nothing", () => {
    const printed = printedAcls(["# file: .//x", "user::rw-", "group::r--", "other::---", ""]);
    expect(printed).toStrictEqual({ found: new Map(), unread: [] });
  });

  test("before the first file is no entry of it, and the look says that nobody understands it", () => {
    const { found, unread } = printedAcls(["user:0:rwx", "# file: .//x", ...entries]);
    expect([[...found.keys()], unread.map((one) => one.at)]).toStrictEqual([["x"], ["."]]);
    expect(unread[0]?.why).toStrictEqual({ problem: "strange-line", tool: "getfacl", told: "user:0:rwx" });
  });

  test("of a file that nobody understands is said of that file", () => {
    const { unread } = printedAcls(["# file: .//a", ...entries, "# richacl: x", "", "# file: .//b", ...entries]);
    expect(unread.map((one) => one.at)).toStrictEqual(["a"]);
  });

  test("as an entry that nobody understands is one that nobody declares", () => {
    const { found } = printedAcls(["# file: .//a", ...entries, "everyone@:rwx"]);
    assert.ok(found.get(at("a"))?.includes("everyone@:rwx"));
  });
});

describe("what getcap prints", () => {
  test("gives the capabilities under the name of their file, in both notations, and no other", () => {
    fc.assert(
      fc.property(paths, fc.constantFrom("cap_kill=ep", "= cap_kill+ep"), (all, text) => {
        const isKnown = (path: Bytes) => all.includes(path);
        const printed = all.map((path) => `${inTool(path)} ${text}\n`);
        expect([...printedCapabilities(lines(printed.join("")), isKnown).found]).toStrictEqual(
          all.map((path) => [path, "cap_kill=ep"]),
        );
      }),
    );
  });

  test("may be several clauses, behind a name that has spaces in it", () => {
    const known = new Set(["a b", "a"]);
    const found = printedCapabilities([".//a b cap_kill=ep cap_chown=i", ".//a =ep"], (path) => known.has(path));
    expect([...found.found]).toStrictEqual([
      ["a b", "cap_chown=i cap_kill=ep"],
      ["a", "=ep"],
    ]);
  });

  test("of a file that no scan has found, or before the first file, is said to be not understood", () => {
    const { found, unread } = printedCapabilities(["noise", ".//bin/gone cap_kill=ep"], () => false);
    expect([[...found], unread.map((one) => one.at)]).toStrictEqual([[], [".", "bin/gone"]]);
  });

  test("as a number is told as one, and with the name where it has one", () => {
    const { found } = printedCapabilities([".//x cap_setuid=ep 63+ep", ".//y 7,40=p"], () => true);
    expect(found.get(at("x"))).toBe("cap_setuid,63=ep");
    expect(found.get(at("y"))).toBe("cap_checkpoint_restore,cap_setuid=p");
  });

  test("that nobody understands stays as it is, so that it differs from all that is declared", () => {
    const known = new Set(["x", "a b"]);
    const printed = [".//x cap_setuid=ep [rootid=1000]", ".//a b cap_setuid=e+?"];
    const { found, unread } = printedCapabilities(printed, (path) => known.has(path));
    expect([...found.values(), ...unread]).toStrictEqual(["cap_setuid=ep [rootid=1000]", "cap_setuid=e+?"]);
  });

  test("is not lost for a file because another one has a name that continues it", () => {
    // The daemon makes "x cap_chown=ep" beside x, which has two clauses: both are told of rather than neither of x.
    const known = new Set(["x", "x cap_chown=ep"]);
    const found = printedCapabilities([".//x cap_chown=ep cap_kill=i"], (path) => known.has(path));
    expect(found.found.get(at("x"))).toBe("cap_chown=ep cap_kill=i");
  });
});

describe("what the tools complain of", () => {
  const complaints = (error: string) => failedLooks({ ...emptyList, error }, () => true);

  test("makes a path unread, unless it has gone or its file system has no such thing", () => {
    const told = complaints(
      [
        "getfacl: .//gone: No such file or directory",
        "getfacl: .//none: Operation not supported",
        "getfacl: .//long: File name too long",
        "getfacl: .//swapped: Permission denied",
        "Failed to get capabilities of file './/old' (Invalid argument)",
        "Failed to get capabilities of file './/a\nb' (Input/output error)",
        "Failed to get capabilities of file './/gone' (No such file or directory)",
      ].join("\n"),
    );
    expect(told.map((one) => one.at)).toStrictEqual(["swapped", "old", "a\nb"]);
    expect(told[1]?.why).toStrictEqual({ problem: "unreadable", told: "Invalid argument" });
  });

  test("is nothing of an entry that the scan has not seen", () => {
    expect(failedLooks({ ...emptyList, error: "getfacl: .//x: Permission denied" }, () => false)).toStrictEqual([]);
  });
});

test("what concerns an entry that was not seen is noted at the nearest directory above it", () => {
  const live: Live = { type: "directory", uid: 0, gid: 0, mode: 0o755, links: 2, inode: "1:1" };
  const entries = new Map([".", "a"].map((path): [Bytes, Live] => [at(path), live]));
  const one = { problem: "unreadable", told: "Input/output error" } as const;
  noteUnread(entries, [
    { at: at("a/b/c"), why: one },
    { at: at("x"), why: { problem: "came-meanwhile" } },
    { at: at("a"), why: { problem: "directories-moving" } },
  ]);
  expect([...entries].map(([path, { unread }]) => [path, unread])).toStrictEqual([
    [".", { problem: "came-meanwhile" }],
    ["a", one],
  ]);
  const part = new Map([[at("a/b"), live]]);
  noteUnread(part, [{ at: at("."), why: one }]);
  expect(part.get(at("a/b"))?.unread).toStrictEqual(one);
});

import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import type { FileClaim } from "../../../provider/intent/file-claim";
import { bytesOf } from "../../../provider/model/bytes";
import type { Live } from "../../../provider/model/entry";
import type { Observation } from "../../../provider/observe/observation";
import { isMissing } from "../../../provider/plan/checks/program";

/** A jail by its paths: the target of a link, `?` for an unknown target, "" for a file, "/" for a directory. */
type Tree = Readonly<Record<string, string>>;

function live(what: string): Live {
  const base = { uid: 0, gid: 0, mode: 0o755, links: 1, inode: "1:1" };
  if (what === "") return { ...base, type: "file" };
  if (what === "/") return { ...base, type: "directory" };
  return { ...base, type: "link", ...(what === "?" ? {} : { target: bytesOf(what) }) };
}

function missing(program: string, tree: Tree, declared: Tree = {}, mounts: readonly string[] = []): boolean {
  const entries = new Map(Object.entries(tree).map(([path, what]) => [bytesOf(path), live(what)]));
  const claims = Object.entries(declared).map(
    ([path, target]): FileClaim => ({
      by: { label: "JailFile::f" },
      reason: "why",
      at: bytesOf(path),
      is: target === "" ? { type: "file" } : { type: "link", target: bytesOf(target) },
    }),
  );
  return isMissing(bytesOf(program), { entries, mounts: mounts.map(bytesOf) } as unknown as Observation, claims);
}

describe("a daemon's program", () => {
  test("is missing where there is no file, and in a jail that is still to be made", () => {
    expect(missing("/bin/d", {})).toBe(true);
    expect(missing("/bin/d", { bin: "/", "bin/other": "" })).toBe(true);
    assert.equal(missing("/bin/d", { bin: "/", "bin/d": "/" }), true, "a directory");
    assert.equal(missing("/bin/d", { bin: "/" }, { "/bin/d": "" }), true, "one that is put on the host");
  });

  test("is there as a file, or as one that is declared", () => {
    expect(missing("/bin/d", { bin: "/", "bin/d": "" })).toBe(false);
    expect(missing("/bin/d", {}, { "bin/d": "" })).toBe(false);
  });

  test("is found behind links, which end in the jail, whoever makes them", () => {
    expect(missing("/bin/d", { bin: "usr/bin", "usr/bin/d": "" })).toBe(false);
    expect(missing("/bin/d", { bin: "usr/bin" })).toBe(true);
    expect(missing("/bin/d", {}, { bin: "usr/bin", "usr/bin/d": "../../opt/d", "opt/d": "" })).toBe(false);
    expect(missing("/bin/d", { bin: "/", "bin/d": "/opt/./d", "opt/d": "" })).toBe(false);
    expect(missing("/bin/d", { bin: "/", "bin/d": "../../../opt/d", "opt/d": "" })).toBe(false);
    assert.equal(missing("/bin/d", { bin: "/", "bin/d": "d" }), true, "a link to itself");
  });

  test("is not said to be missing where nobody can tell", () => {
    expect(missing("/usr/bin/d", { usr: "/" }, {}, ["usr"])).toBe(false);
    expect(missing("/usr/bin/d", { bin: "?" })).toBe(true);
    expect(missing("/bin/d", { bin: "?" })).toBe(false);
  });
});

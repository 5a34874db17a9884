import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import type { Outcome } from "../../../provider/engine/converge/job";
import type { Bytes } from "../../../provider/model/bytes";
import { type Driven, drive, type JailPart, type RuleParts } from "../../support/driven";
import { pathsOf } from "../../support/findings";
import { directory, file, type Given } from "../../support/memory-host/entries";
import type { MemoryHost } from "../../support/memory-host/memory-host";
import { useMemoryHost } from "../../support/memory-host/use-memory-host";
import { account } from "../../support/program";

const root = "/srv/jail";
const group = { gid: 1033 };
const www = { uid: 1033, gid: 1033 };

describe("undeclared entries on a host", () => {
  let host: MemoryHost;
  useMemoryHost({ accounts: account }, (made) => {
    host = made;
  });
  const program = (jail: JailPart = {}, rules: RuleParts = {}): Driven =>
    drive(
      host.site(root),
      { directories: { etc: "settings" }, writable: { data: "uploads" }, undeclared: "prune", ...jail },
      rules,
    );
  /** A jail as declared, with some entries more. */
  const prepare = (given: Given) => {
    host.files.remove(root);
    const declared = { ".": directory(0o750, group), etc: directory(0o750, group), data: directory(0o770, group) };
    host.files.make(root, { ...declared, ...given });
  };
  const nameOf = ([outcome]: Outcome[], path: string) => outcome?.moved?.get(path as Bytes) ?? assert.fail(path);

  test("are findings, or nothing, where nothing is to be done about them", async () => {
    prepare({ "etc/old": directory(0o750, group), "etc/old/file": file("", 0o640, group) });
    const count = async (undeclared: "report" | "ignore") => {
      const { plan } = await program({ undeclared, protect: { "**": "says nothing here" } }).assess();
      return [plan.differences.length, pathsOf(plan, "undeclared-entry").length];
    };
    expect([await count("report"), await count("ignore")]).toStrictEqual([
      [0, 2],
      [0, 0],
    ]);
  });

  test("keep who owned them although their directories were closed meanwhile", async () => {
    prepare({
      old: directory(0o775, www),
      "old/sub": directory(0o755, www),
      "old/file": file("", 0o644, www),
      ".": directory(0o777, www),
    });
    const outcomes = await program({ pruneAnyway: { old: "the daemon's, of before" } }).up();
    expect(outcomes).toSucceed();
    const moved = `${root}/.pulumi-chroot/${nameOf(outcomes, "old")}`;
    expect(["", "/sub", "/file"].map((path) => host.files.told(moved + path))).toStrictEqual([
      "www:www 775",
      "www:www 755",
      "www:www 644",
    ]);
  });
});

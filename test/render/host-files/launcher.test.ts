import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { launcherParts, scriptParts } from "../../../provider/agent/script-parts";
import type { Launch } from "../../../provider/model/launch";
import { launcherScript } from "../../../provider/render/host-files/launcher";
import { hostileReasons, launch, oddArguments } from "../launches";

const parts = launcherParts();
const linesOf = (more: Partial<Launch>) => launcherScript({ ...launch, ...more }, parts).split("\n");
const codeOf = (lines: readonly string[]) => lines.filter((line) => !line.startsWith("#"));

describe("a launcher", () => {
  test("says what it is of, and why, in comments, whatever is in a reason", () => {
    const plain = codeOf(linesOf({ reason: "why", label: "one", capabilities: { net_raw: "why" } }));
    for (const text of hostileReasons) {
      const lines = linesOf({ reason: text, label: text, capabilities: { net_raw: text } });
      expect(codeOf(lines)).toStrictEqual(plain);
      expect(lines.join("\n")).not.toMatch(/[^\x20-\x7e\n…]/);
    }
    const lines = linesOf({ capabilities: { net_raw: "it pings" } });
    expect(lines).toContain("# Wrapper named, in the jail /chroot/named.");
    expect(lines).toContain("# named answers the world");
    expect(lines).toContain("# It keeps net_raw: it pings");
  });

  test("begins with its shell, has numbers for all names, and is the same bytes for the same declaration", () => {
    const lines = linesOf({ groups: [5, 6], rootWriter: 7002, limits: { core: 0, as: 5e9 } });
    expect(lines[0]).toBe("#!/bin/sh");
    for (const line of [
      "JAIL=/chroot/named WRITER='7002'",
      "DAEMON=7001 GROUP=7002 MORE_GROUPS='+5,+6'",
      "UMASK=0027 LIMITS='--core=0:0 --as=5000000000:5000000000'",
    ])
      assert.ok(lines.includes(line), line);
    expect(linesOf({})).toStrictEqual(linesOf({ ...launch }));
  });

  test("is what every shell reads without a complaint", () => {
    const text = linesOf({ command: ["/daemon", ...oddArguments], reason: hostileReasons.join() }).join("\n");
    for (const [shell = "", ...args] of [["dash"], ["bash", "--posix"], ["bash"], ["busybox", "sh"]]) {
      const { status, stderr } = spawnSync(shell, [...args, "-n"], { input: text, encoding: "utf8" });
      assert.deepEqual([status, stderr], [0, ""], shell);
    }
  });

  test("asks with the agent's text what the host has, which is no part of the permission script", () => {
    const lacks = /\nlacks\(\) \{.*?\n\}\n/s;
    expect(parts.engine).toMatch(lacks);
    expect(parts.engine).not.toMatch(/\nlaunchers\(\)|\btold\b/);
    expect(scriptParts("/x").engine).not.toMatch(/setpriv|\nserve|read -r request/);
    expect(scriptParts("/x").engine).toMatch(/\nquarantine\(\)/);
  });
});

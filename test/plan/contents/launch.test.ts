import assert from "node:assert/strict";
import { describe, expect, test } from "@jest/globals";
import type { Launch } from "../../../provider/model/launch";
import type { LaunchHost } from "../../../provider/observe/launch-host";
import { launchProblems } from "../../../provider/plan/contents/launch";
import { launch } from "../../render/launches";

const fit: LaunchHost = { lacks: [], systemd: true, memberOf: [] };
const problems = (kind: "script" | "systemd", more: Partial<Launch> = {}, host: Partial<LaunchHost> = {}) =>
  launchProblems(kind, { ...launch, ...more }, { ...fit, ...host });

describe("a start that is refused", () => {
  test("is none that a fit host can do", () => {
    expect(problems("script", { groups: [5] }, { systemd: false, memberOf: [4] })).toStrictEqual([]);
    expect(problems("systemd", { groups: [4, 5], writable: [".", "var/run"] }, { memberOf: [4] })).toStrictEqual([]);
    expect(problems("systemd", {}, { lacks: ["the host has no prlimit of util-linux"] })).toStrictEqual([]);
  });

  for (const kind of ["script", "systemd"] as const)
    test(`names root, whatever the declared name (${kind})`, () => {
      for (const more of [{ uid: 0 }, { gid: 0 }, { groups: [5, 0] }])
        expect(problems(kind, more)).toContainEqual({ problem: "root-number" });
    });

  test("has each missing tool in the host's words", () => {
    const lacks = ["the host has no setpriv of util-linux", "it says \x1b[2J"];
    const missing = lacks.map((told) => ({ problem: "tool-missing", told }));
    expect(problems("script", {}, { lacks })).toStrictEqual(missing);
  });

  test("names the groups that systemd would add", () => {
    const found = problems("systemd", { groups: [4] }, { memberOf: [4, 6, 33] });
    expect(found).toStrictEqual([{ problem: "extra-groups", groups: [6, 33] }]);
  });

  test("names a host without systemd, and paths that a unit cannot have", () => {
    expect(problems("systemd", {}, { systemd: false })).toStrictEqual([{ problem: "systemd-absent" }]);
    for (const root of ["/chroot/a b", "/chroot/a\\", '/chroot/"a', "/chroot/a'", "/chroot/a\n", "/chroot/a:b"])
      assert.deepEqual(problems("systemd", { root }), [{ problem: "path-unfit", path: root }], root);
    expect(problems("systemd", { writable: ["var/run", "a b"] }).length).toBe(1);
    expect(problems("systemd", { writable: ["a b"], mounts: ["a b", "c d"] }).length).toBe(2);
    expect(problems("systemd", { root: "/chroot/café%n" })).toStrictEqual([]);
  });
});

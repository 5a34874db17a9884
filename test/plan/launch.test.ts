import assert from "node:assert/strict";
import test, { describe } from "node:test";
import type { Launch } from "../../provider/model/launch";
import type { LaunchHost } from "../../provider/observe/launch-host";
import { launchProblems } from "../../provider/plan/launch";
import { launch } from "../render/launches";

const fit: LaunchHost = { lacks: [], systemd: true, memberOf: [] };
const problems = (kind: "script" | "systemd", more: Partial<Launch> = {}, host: Partial<LaunchHost> = {}) =>
  launchProblems(kind, { ...launch, ...more }, { ...fit, ...host });

describe("a start that is refused", () => {
  test("is none that a fit host can do", () => {
    assert.deepEqual(problems("script", { groups: [5] }, { systemd: false, memberOf: [4] }), []);
    assert.deepEqual(problems("systemd", { groups: [4, 5], writable: [".", "var/run"] }, { memberOf: [4] }), []);
    assert.deepEqual(problems("systemd", {}, { lacks: ["the host has no prlimit of util-linux"] }), []);
  });

  for (const kind of ["script", "systemd"] as const)
    test(`names root, whatever the declared name (${kind})`, () => {
      for (const more of [{ uid: 0 }, { gid: 0 }, { groups: [5, 0] }])
        assert.match(problems(kind, more).join(), /one of its groups is root \(0\) on the host$/);
    });

  test("names what a host lacks, with nothing that a terminal acts on", () => {
    const lacks = ["the host has no setpriv of util-linux", "it says \x1b[2J"];
    assert.deepEqual(problems("script", {}, { lacks }), ["the host has no setpriv of util-linux", "it says \\x1b[2J"]);
  });

  test("names the groups that systemd would add", () => {
    assert.match(problems("systemd", { groups: [4] }, { memberOf: [4, 6, 33] }).join(), /declare 6,33 as suppl/);
  });

  test("names a host without systemd, and paths that a unit cannot have", () => {
    assert.match(problems("systemd", {}, { systemd: false }).join(), /^systemd is not what runs this host/);
    for (const root of ["/chroot/a b", "/chroot/a\\", '/chroot/"a', "/chroot/a'", "/chroot/a\n", "/chroot/a:b"])
      assert.match(problems("systemd", { root }).join(), /character in it that systemd does not take/, root);
    assert.equal(problems("systemd", { writable: ["var/run", "a b"] }).length, 1);
    assert.equal(problems("systemd", { writable: ["a b"], mounts: ["a b", "c d"] }).length, 2);
    assert.deepEqual(problems("systemd", { root: "/chroot/café%n" }), []);
  });
});

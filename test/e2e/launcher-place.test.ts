import { describe, expect, test } from "@jest/globals";
import { failed, ok, shownDrift } from "../support/e2e";
import { useLaunchers } from "../support/launchers";

describe("launchers of two jails at one path of their host", () => {
  const { lab, path, declare } = useLaunchers();

  test("of one program never overwrite each other, although no registry knows of either yet", async () => {
    const stack = await lab.stack();
    declare(stack, { one: path, two: path });
    // The one that is checked first is checked before anything is known of the other.
    const preview = ok(await stack.preview("--diff"));
    const shown = ["one-start", "two-start"].map((name) => shownDrift(preview, name, "create")?.["(host)"]);
    expect(shown).toContainEqual(
      expect.stringMatching(/^refused: Wrapper::(one|two)-start puts \/etc\/jails\/start there too/),
    );
    const up = failed(await stack.up("--continue-on-error"));
    expect(up).toMatch(
      /Wrapper::(one|two)-start is refused: .*:\/srv\/\1: Wrapper::(?!\1)(one|two)-start puts \/etc\/jails\/start there too/,
    );
    declare(stack, { one: path, two: `${path}-two` });
    ok(await stack.up());
    ok(await stack.preview("--expect-no-changes"));
    ok(await stack.destroy());
    await lab.host.must("rm -r /srv/one /srv/two");
  });
});

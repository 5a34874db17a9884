import { describe, expect, test } from "@jest/globals";
import { failed, ok } from "../support/e2e";
import { useLaunchers } from "../support/launchers";

describe("launchers of two jails at one path of their host", () => {
  const { lab, path, declare, host } = useLaunchers();

  test("of one program never overwrite each other, although no registry knows of either yet", async () => {
    const stack = await lab.stack();
    declare(stack, { one: path, two: path });
    // The first one is checked before anything is known of the second.
    expect(await host(stack, "two-start")).toMatch(/^refused: Wrapper::one-start puts \/etc\/jails\/start there too/);
    const up = failed(await stack.up("--continue-on-error"));
    expect(up).toMatch(
      /Wrapper::two-start is refused: .*:\/srv\/two: Wrapper::one-start puts \/etc\/jails\/start there too/,
    );
    declare(stack, { one: path, two: `${path}-two` });
    ok(await stack.up());
    ok(await stack.preview("--expect-no-changes"));
    ok(await stack.destroy());
    await lab.host.must("rm -r /srv/one /srv/two");
  });
});
